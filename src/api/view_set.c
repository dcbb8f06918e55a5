/* Pseudonymized sets as JSON. */
#include "api/view.h"
#include "api/view_set.h"

#include "base/bits.h"

static void write_moment(struct buf *out, const char *key, moment m)
{
	buf_text(out, ",\"");
	buf_text(out, key);
	if (m == MOMENT_NONE) {
		buf_text(out, "\":null");
		return;
	}
	buf_text(out, "\":\"");
	moment_write(out, m);
	buf_byte(out, '"');
}

static void write_row(const struct op_set_read *r, size_t row, struct buf *out)
{
	buf_text(out, "{\"token\":\"p_");
	buf_base64url(out, r->rows[row].token, sizeof r->rows[row].token);
	buf_byte(out, '"');
	for (size_t i = 0; i < r->verdict.n_items; i++) {
		struct str value;

		if (!bits_has(r->verdict.allowed, i))
			continue;
		value = set_read_value(r, row, r->in->items[i].number);
		buf_byte(out, ',');
		buf_json(out, r->in->items[i].id);
		buf_byte(out, ':');
		if (value.p)
			buf_str(out, value);
		else
			buf_text(out, "null");
	}
	buf_byte(out, '}');
}

static void write_columns(const struct op_set_read *r, struct buf *out)
{
	bool first = true;

	for (size_t i = 0; i < r->verdict.n_items; i++) {
		if (!bits_has(r->verdict.allowed, i))
			continue;
		if (!first)
			buf_byte(out, ',');
		first = false;
		buf_json(out, r->in->items[i].id);
	}
}

void view_set_read(const struct op_set_read *r, struct buf *out)
{
	buf_text(out, "{\"set\":");
	buf_json(out, r->derived->id);
	buf_text(out, ",\"run\":");
	buf_u64(out, r->run.run);
	write_moment(out, "made", r->run.made);
	write_moment(out, "expires", r->run.expires);
	buf_text(out, ",\"columns\":[");
	write_columns(r, out);
	buf_text(out, "],\"rows\":[");
	for (size_t i = 0; i < r->page.n; i++) {
		if (i)
			buf_byte(out, ',');
		write_row(r, i, out);
	}
	buf_text(out, "],\"withheld\":");
	view_withheld(&r->op, r->in, &r->verdict, out);
	buf_text(out, ",\"withheld_rows\":");
	buf_u64(out, r->page.withheld);
	buf_text(out, ",\"next\":");
	if (r->page.more) {
		buf_byte(out, '"');
		buf_hex(out, r->page.after, sizeof r->page.after);
		buf_byte(out, '"');
	} else {
		buf_text(out, "null");
	}
	op_answer_log(&r->op, out);
	buf_byte(out, '}');
}

json_t *view_run(const struct vault_set_run *run)
{
	static const char *const states[SET_RUN_STATES] = {"under_way", "complete", "destroyed"};
	static const char *const ends[SET_ENDS] = {NULL, "expired", "removed", "request", "broken_off"};

	return json_pack("{s:I, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:o, s:s*}", "run", (json_int_t)run->run, "state", states[run->state],
			 "made", view_moment(run->made), "expires", view_moment(run->expires), "policy", (json_int_t)run->policy, "rows",
			 (json_int_t)run->rows, "left_out", (json_int_t)run->left_out, "emptied", (json_int_t)run->emptied, "ended",
			 view_moment(run->ended), "end", ends[run->end]);
}

json_t *view_set_runs(const struct set_runs *runs)
{
	json_t *all = json_array();

	for (size_t i = 0; i < runs->n; i++) {
		json_t *run = view_run(&runs->at[i]);

		if (!run || json_object_set_new(run, "set", json_stringn(runs->ids[i].p ? runs->ids[i].p : "", runs->ids[i].n)) != 0 ||
		    json_array_append_new(all, run) != 0)
			break;
	}
	return json_pack("{s:o}", "runs", all);
}
