#include "deid/checking.h"

#include "base/csv.h"
#include "deid/write.h"

/*
 * The texts of articles 43(3) and (4).  Each item stands on a line of its own behind
 * a mark, so that the check finds it there again.
 */
static const char item_mark[] = "・";

struct texts {
	struct buf items, ja, en, told_ja, told_en;
};

static void add_items(struct buf *b, const struct checking *k)
{
	const struct deid_table *t = &k->r->table;

	for (size_t i = 0; i < t->columns; i++) {
		if (t->column[i].role == DEID_IDENTIFYING)
			continue;
		buf_text(b, item_mark);
		buf_str(b, t->column[i].name);
		buf_byte(b, '\n');
	}
}

static void publish_ja(struct buf *b, const struct checking *k)
{
	const struct deid_job *j = k->r->job;

	buf_text(b, "匿名加工情報に関する公表事項\n\n");
	buf_text(b, j->company ? j->company : "当社");
	buf_text(b, "は、個人情報の保護に関する法律（以下「法」といいます。）第43条に基づき、作成した匿名加工情報について次のとおり"
		    "公表します。\n\n1. 匿名加工情報に含まれる個人に関する情報の項目（法第43条第3項）\n");
	add_items(b, k);
	buf_text(b, "\n2. 第三者への提供（法第43条第4項）\n");
	if (j->provision) {
		buf_text(b, "上記の項目を、次の方法により第三者に提供します。\n提供の方法：");
		buf_text(b, j->provision);
		buf_byte(b, '\n');
	} else {
		buf_text(b, "第三者には提供していません。提供する場合は、あらかじめ、提供する情報の項目及び提供の方法を公表します。\n");
	}
}

static void publish_en(struct buf *b, const struct checking *k)
{
	const struct deid_job *j = k->r->job;

	buf_text(b, "Anonymously processed information: matters made public\n\n");
	buf_text(b, j->company ? j->company : "We");
	buf_text(b, j->company ? " makes" : " make");
	buf_text(b, " the following public about anonymously processed information that was prepared, under Article 43 of the Act on "
		    "the Protection of Personal Information.\n\n1. Categories of information on individuals contained in it "
		    "(Article 43, paragraph 3)\n");
	add_items(b, k);
	buf_text(b, "\n2. Provision to third parties (Article 43, paragraph 4)\n");
	if (j->provision) {
		buf_text(b, "The items above are provided to third parties by the following method.\nMethod: ");
		buf_text(b, j->provision);
		buf_byte(b, '\n');
	} else {
		buf_text(b, "It is not provided to third parties. Before any provision, the items to be provided and the method will be "
			    "made public.\n");
	}
}

static void tell_ja(struct buf *b, const struct checking *k)
{
	buf_text(b, "このデータは、個人情報の保護に関する法律第2条第6項に定める匿名加工情報です。\n\n含まれる個人に関する情報の項目：\n");
	add_items(b, k);
	buf_text(b, "\n受領者は、同法第45条により、本人を識別するために、加工の方法等に関する情報を取得し、又は他の情報と照合することを"
		    "禁じられています。また、第三者に提供するときは、同法第44条により、あらかじめ項目及び方法を公表し、匿名加工情報である"
		    "旨を提供先に明示しなければなりません。\n");
}

static void tell_en(struct buf *b, const struct checking *k)
{
	buf_text(b, "This data is anonymously processed information as defined in Article 2, paragraph 6 of the Act on the Protection of "
		    "Personal Information.\n\nCategories of information on individuals contained in it:\n");
	add_items(b, k);
	buf_text(b, "\nUnder Article 45 of the Act the recipient must not acquire information on how it was processed, nor collate it "
		    "with other information, in order to identify a person. When providing it to a third party, the recipient must, "
		    "under Article 44, make the items and the method public beforehand and state that it is anonymously processed "
		    "information.\n");
}

static struct str keep(struct checking *k, struct buf *b)
{
	struct str s = str_copy(&k->c->arena, buf_view(b));

	k->failed_memory = k->failed_memory || !buf_ok(b) || !s.p;
	buf_free(b);
	return s;
}

void check_make_texts(struct checking *k)
{
	const struct deid_table *t = &k->r->table;
	struct texts x;
	bool first = true;

	buf_init(&x.items);
	buf_init(&x.ja);
	buf_init(&x.en);
	buf_init(&x.told_ja);
	buf_init(&x.told_en);
	for (size_t i = 0; i < t->columns; i++) {
		if (t->column[i].role == DEID_IDENTIFYING)
			continue;
		buf_text(&x.items, first ? "" : "、");
		buf_str(&x.items, t->column[i].name);
		first = false;
	}
	publish_ja(&x.ja, k);
	publish_en(&x.en, k);
	tell_ja(&x.told_ja, k);
	tell_en(&x.told_en, k);
	k->c->items = keep(k, &x.items);
	k->c->notice[DEID_JA] = keep(k, &x.ja);
	k->c->notice[DEID_EN] = keep(k, &x.en);
	k->c->statement[DEID_JA] = keep(k, &x.told_ja);
	k->c->statement[DEID_EN] = keep(k, &x.told_en);
}

/* Takes the next item out of TEXT, which begins behind it then; false when there is none. */
static bool next_item(struct str *text, struct str *item)
{
	const struct str mark = str_of(item_mark);

	while (text->n) {
		size_t n = str_find(*text, '\n');
		struct str line = str_sub(*text, 0, n);

		*text = str_sub(*text, n + 1, text->n);
		if (!str_starts(line, mark))
			continue;
		*item = str_sub(line, mark.n, line.n);
		return true;
	}
	return false;
}

/* True when the items that TEXT names are the fields of ROW, in their order. */
static bool names_fields(struct str text, const struct csv_row *row)
{
	struct str item;

	for (size_t i = 0; i < row->count; i++)
		if (!next_item(&text, &item) || !str_eq(item, row->field[i]))
			return false;
	return !next_item(&text, &item);
}

/* Compares the texts with HEADER, the output's first line. */
static result compare(struct checking *k, struct str header, bool *published, bool *told, struct error *e)
{
	const struct csv_options o = {.separator = k->r->job->separator, .name = "header"};
	struct csv_reader *csv = NULL;
	struct csv_row row;
	bool more = false;
	result done = RESULT_FAIL;

	TRY_OUT(csv_open(&csv, source_memory(&header), &o, e));
	TRY_OUT(csv_next(csv, &row, &more, e));
	if (more) {
		*published = *told = true;
		for (int l = 0; l < DEID_LANGUAGES; l++) {
			*published = *published && names_fields(k->c->notice[l], &row);
			*told = *told && names_fields(k->c->statement[l], &row);
		}
	}
	done = RESULT_OK;
out:
	csv_close(csv);
	return done;
}

void check_written(struct checking *k)
{
	bool published = false, told = false;
	struct said said[2];
	struct buf header;
	struct error e = {0};

	buf_init(&header);
	said_init(&said[0]);
	said_init(&said[1]);
	deid_write_header(k->r, &header);
	if (!buf_ok(&header) || !ok(compare(k, buf_view(&header), &published, &told, &e)))
		k->failed_memory = true; /* the header was written here, so that nothing else can be wrong with it */
	buf_free(&header);
	if (published)
		SAY(&said[0],
		    "The text to publish names the columns of the output, all of them and no other; it has to be published without delay, "
		    "and before any provision.",
		    "公表用の文面には、出力の列が過不足なく記載されています。作成後遅滞なく、また提供に先立って公表してください。");
	else
		SAY(&said[0], "The text to publish does not name the columns of the output; a column's name may hold a line end.",
		    "公表用の文面の項目が、出力の列と一致しません。列名に改行が含まれている可能性があります。");
	if (told)
		SAY(&said[1], "The statement to the recipient names the columns of the output; it goes with the data.",
		    "提供先への通知文には、出力の列が記載されています。データに添えて渡してください。");
	else
		SAY(&said[1], "The statement to the recipient does not name the columns of the output; a column's name may hold a line end.",
		    "提供先への通知文の項目が、出力の列と一致しません。列名に改行が含まれている可能性があります。");
	check_add(k,
		  (struct deid_check){.id = "publication",
				      .title = {"The items to publish are those of the output", "公表する項目が出力の列と一致している"},
				      .law = {"APPI 43(3), (4), Rules 36, 37", "法第43条第3項・第4項、規則第36条・第37条"},
				      .verdict = published ? DEID_PASSED : DEID_FAILED},
		  &said[0]);
	check_add(k,
		  (struct deid_check){.id = "recipient_statement",
				      .title = {"The recipient is told that the data is anonymized", "匿名加工情報である旨を提供先に明示する用意がある"},
				      .law = {"APPI 43(4), Rule 37", "法第43条第4項、規則第37条"},
				      .verdict = told ? DEID_PASSED : DEID_FAILED},
		  &said[1]);
}
