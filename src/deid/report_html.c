#include "deid/report.h"

void deid_report_html(const struct deid_report *r, json_t *view, struct buf *b)
{
	(void)view;
	deid_report_sentence(r, b);
}
