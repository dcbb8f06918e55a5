#include "cmd/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { EVERY_MS = 200, BAR = 24 };

static int64_t now_ms(void)
{
	struct clock c = clock_system();

	return clock_monotonic(&c);
}

void progress_begin(struct progress *p, const char *unit, uint64_t total)
{
	*p = (struct progress){.unit = unit, .total = total, .started = now_ms(), .on = isatty(STDERR_FILENO) == 1};
}

static void draw_bar(double part)
{
	int full = (int)(part * BAR);

	fputc('[', stderr);
	for (int i = 0; i < BAR; i++)
		fputc(i < full ? '#' : '.', stderr);
	fprintf(stderr, "] %3d%%  ", (int)(part * 100));
}

void progress_show(struct progress *p, uint64_t count, uint64_t done)
{
	int64_t now, elapsed;
	double seconds, part;

	if (!p->on)
		return;
	now = now_ms();
	if (now - p->shown < EVERY_MS)
		return;
	p->shown = now;
	elapsed = now - p->started > 0 ? now - p->started : 1;
	seconds = (double)elapsed / 1000;
	fputc('\r', stderr);
	part = p->total ? (double)done / (double)p->total : 0;
	if (p->total)
		draw_bar(part);
	fprintf(stderr, "%llu %s, %.0f/s", (unsigned long long)count, p->unit, (double)count / seconds);
	if (part > 0 && part <= 1)
		fprintf(stderr, ", %.0f s left", seconds / part - seconds);
	fputs("\033[K", stderr);
}

void progress_end(struct progress *p)
{
	if (p->on && p->shown)
		fputs("\r\033[K", stderr);
}

int64_t progress_elapsed(const struct progress *p)
{
	return now_ms() - p->started;
}
