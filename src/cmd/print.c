/*
 * sekisho-print: reads a job of publish/pdf.h from standard input, writes the PDF to
 * standard output.  It ends after a minute, whatever it does.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "publish/pdf_print.h"

enum { SECONDS = 60, STEP = 64 * 1024 };

static result read_job(struct buf *job, struct error *e)
{
	for (;;) {
		size_t had = job->n;
		char *room = buf_room(job, STEP);
		ssize_t n = room ? read(STDIN_FILENO, room, STEP) : -1;

		job->n = had + (n > 0 ? (size_t)n : 0);
		if (n == 0)
			return RESULT_OK;
		if (n < 0 && !(room && errno == EINTR))
			return error_set(e, room ? CODE_IO : CODE_OUT_OF_MEMORY, "the job cannot be read");
	}
}

static result write_pdf(struct str pdf, struct error *e)
{
	while (pdf.n) {
		ssize_t n = write(STDOUT_FILENO, pdf.p, pdf.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_set(e, CODE_IO, "the PDF cannot be written");
		pdf = str_sub(pdf, (size_t)n, pdf.n);
	}
	return RESULT_OK;
}

int main(void)
{
	struct pdf_about about;
	struct error e = {0};
	struct buf job, pdf;
	json_t *view;

	alarm(SECONDS);
	buf_init(&job);
	buf_init(&pdf);
	if (!ok(read_job(&job, &e)) || !ok(pdf_job_read(buf_view(&job), &view, &about, &e)) ||
	    !ok(pdf_print(json_object_get(view, "view"), &about, &pdf, &e)) || !ok(write_pdf(buf_view(&pdf), &e))) {
		fprintf(stderr, "sekisho-print: %s [%s]\n", e.message, code_text(e.code));
		_exit(EXIT_FAULT);
	}
	_exit(EXIT_DONE); /* at once: what is left is the system's to take back */
}
