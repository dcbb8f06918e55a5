#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <jansson.h>

#include "access/check.h"
#include "access/set_look.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/log_open.h"
#include "evidence/entry.h"
#include "evidence/proof.h"
#include "evidence/subject.h"
#include "policy/publish.h"

enum { CLOCK_SLACK_MS = 600000, DISK_PART = 20, INDEX_BEHIND = 100000 };

static const int64_t wal_large = (int64_t)512 << 20, disk_small = (int64_t)1 << 30;

/* What has been found; `cure` of a check that is well stays empty. */
struct doctor {
	const char *dir;
	struct log_opened log;
	bool opened; /* LOG is open */
	bool json;
	json_t *checks;
	size_t problems;
};

static void say(struct doctor *d, const char *check, bool well, const char *message, const char *cure)
{
	d->problems += !well;
	if (d->json) {
		json_array_append_new(d->checks, json_pack("{s:s, s:b, s:s, s:s*}", "check", check, "ok", well ? 1 : 0, "message", message,
							   "cure", well ? NULL : cure));
		return;
	}
	printf("%-8s %-9s %s\n", well ? "ok" : "problem", check, message);
	if (!well)
		printf("%-18s -> %s\n", "", cure);
}

/* Says what R and E came to; WELL is the message of success. */
static bool tell(struct doctor *d, const char *check, result r, const struct error *e, const char *well, const char *cure)
{
	char message[sizeof e->message + sizeof e->where + 8];

	if (ok(r)) {
		say(d, check, true, well, NULL);
		return true;
	}
	snprintf(message, sizeof message, "%s%s%s [%s]", e->where, e->where[0] ? ": " : "", e->message, code_text(e->code));
	say(d, check, false, message, cure);
	return false;
}

/* Keys ------------------------------------------------------------------------------------------------------ */

static result key_mode(const char *path, struct error *e)
{
	struct stat s;

	if (stat(path, &s) != 0)
		return error_at(e, CODE_IO, path, "the key file is not there");
	if (s.st_mode & 077)
		return error_at(e, CODE_KEY_MODE, path, "others can read this key");
	return RESULT_OK;
}

static void check_keys(struct doctor *d)
{
	const struct instance *i = &d->log.instance;
	struct error e = {0};
	result r = key_mode(i->key, &e);

	if (ok(r))
		r = key_mode(i->log_key, &e);
	if (ok(r)) {
		db_rollback(d->log.db); /* the vault reads by itself */
		r = access_check_keys(i, d->log.db, &e);
	}
	if (ok(r))
		r = db_begin_read(d->log.db, &e);
	tell(d, "keys", r, &e, "root key and log key are there, nobody else reads them, and they open this instance",
	     "put back the keys that belong to this database, with mode 0600 and the owner that serves");
}

/* Database -------------------------------------------------------------------------------------------------- */

static void check_database(struct doctor *d)
{
	struct error e = {0};

	tell(d, "schema", db_check_schema(d->log.db, &e), &e, "the tables are those of this program",
	     "run the program that this database is of, or let this one open it once (sekisho serve)");
	error_clear(&e);
	tell(d, "database", db_quick_check(d->log.db, &e), &e, "the file is whole", "stop the server, and put back the last backup");
}

static void check_wal(struct doctor *d)
{
	char path[PATH_MAX + 8], message[96];
	struct stat s = {.st_size = 0};
	bool there;

	snprintf(path, sizeof path, "%s-wal", d->log.instance.database);
	there = stat(path, &s) == 0;
	snprintf(message, sizeof message, "%lld MB not yet written back", there ? (long long)s.st_size >> 20 : 0LL);
	say(d, "wal", s.st_size < wal_large, message,
	    "a server writes it back by itself; when it keeps growing, a process holds an old snapshot: restart the server");
}

/* Log ------------------------------------------------------------------------------------------------------- */

/* The log must continue the highest head that was ever shown. */
static result check_high_water(struct doctor *d, struct error *e)
{
	struct log_opened *l = &d->log;
	struct merkle_proof proof;
	struct checkpoint known;
	struct buf note;
	result r;

	buf_init(&note);
	r = file_read(l->instance.head, NOTE_SIZE_MAX, &note, e);
	if (ok(r))
		r = checkpoint_open(buf_view(&note), &l->key, &known, e);
	if (ok(r) && known.size > l->head.size)
		r = error_set(e, CODE_LOG_ROLLED_BACK, "the log has %llu entries, and had %llu", (unsigned long long)l->head.size,
			      (unsigned long long)known.size);
	else if (ok(r) && known.size)
		r = proof_make_consistency(l->nodes, &l->head, &known, &proof, e);
	buf_free(&note);
	return r;
}

static void check_log(struct doctor *d)
{
	struct log_opened *l = &d->log;
	struct error e = {0};
	char message[128];
	struct buf receipt;
	result r = log_head_check(&l->head, &l->key, &e);

	buf_init(&receipt);
	if (ok(r) && l->head.size)
		r = proof_make(l->nodes, &l->head, l->head.size - 1, &receipt, &e);
	if (ok(r))
		r = check_high_water(d, &e);
	buf_free(&receipt);
	snprintf(message, sizeof message, "%llu entries; the last leads to the signed root, nothing that was shown is missing",
		 (unsigned long long)l->head.size);
	tell(d, "log", r, &e, message, "sekisho log verify names the first bad entry; a database that was put back needs its own log");
}

static void check_index(struct doctor *d)
{
	struct error e = {0};
	uint64_t indexed = 0;
	char message[96];
	result r = subject_indexed(d->log.db, d->log.head.generation, &indexed, &e);

	snprintf(message, sizeof message, "%llu of %llu entries are in the index by person", (unsigned long long)indexed,
		 (unsigned long long)d->log.head.size);
	if (ok(r))
		say(d, "index", indexed + INDEX_BEHIND >= d->log.head.size, message, "it is made while the instance is served: serve it");
	else
		tell(d, "index", r, &e, message, "see database");
}

static void check_tiles(struct doctor *d)
{
	struct log_opened *l = &d->log;
	char path[PATH_MAX], message[96];
	struct checkpoint shown = {.size = 0};
	struct error e = {0};
	struct buf note;
	result r;

	buf_init(&note);
	r = path_join(path, sizeof path, l->tiles, "checkpoint", &e);
	if (ok(r))
		r = file_read(path, NOTE_SIZE_MAX, &note, &e);
	if (ok(r))
		r = checkpoint_open(buf_view(&note), &l->key, &shown, &e);
	if (ok(r) && shown.size > l->head.size)
		r = error_set(&e, CODE_LOG_CORRUPT, "the tiles are of %llu entries, the log has %llu", (unsigned long long)shown.size,
			      (unsigned long long)l->head.size);
	snprintf(message, sizeof message, "written up to entry %llu of %llu", (unsigned long long)shown.size, (unsigned long long)l->head.size);
	tell(d, "tiles", r, &e, message, "sekisho log rebuild, while nobody serves");
	buf_free(&note);
}

/* Policy, clock, disk --------------------------------------------------------------------------------------- */

static void check_policy(struct doctor *d)
{
	struct clock clock = clock_system();
	struct policy_set *set = NULL;
	const struct policy *p = NULL;
	struct error e = {0};
	char message[96] = "";
	result r = policy_set_load(d->log.db, &set, &e);

	if (ok(r)) {
		p = policy_set_at(set, clock_now(&clock));
		if (p)
			snprintf(message, sizeof message, "version %u of %zu is in force", p->version, set->n);
		else
			r = error_set(&e, CODE_POLICY_DATE, "no version is in force yet");
	}
	tell(d, "policy", r, &e, message, "publish a policy whose `effective` has come: sekisho policy publish");
	policy_set_free(set);
}

/*
 * Whether a release of the set X of P is late in D: due, and not made for a whole period more.  What is due is said in
 * B; one that was never made is only said.
 */
static bool is_late(struct doctor *d, const struct policy *p, const struct policy_derived *x, struct arena *a, struct buf *b, struct error *e)
{
	struct clock clock = clock_system();
	date today = moment_date(clock_now(&clock), p->zone), due;
	struct releases list = {.n = 0};
	moment last = MOMENT_NONE;

	if (!ok(releases_heads(d->log.db, x->number, a, &list, e)))
		return false;
	if (list.n)
		last = list.at[list.n - 1].made;
	due = set_due(x, last, today, p->zone);
	if (due == DATE_NONE || due > today)
		return false;
	buf_text(b, b->n ? ", " : "");
	buf_str(b, x->id);
	if (!list.n) {
		buf_text(b, " was never released");
		return false;
	}
	buf_text(b, " was due on ");
	date_write(b, due);
	return date_period_end(due, x->every) < today;
}

static void check_sets(struct doctor *d)
{
	struct clock clock = clock_system();
	struct policy_set *set = NULL;
	const struct policy *p = NULL;
	struct error e = {0};
	struct arena arena;
	struct buf b;
	bool late = false;

	arena_init(&arena, 0, false);
	buf_init(&b);
	if (ok(policy_set_load(d->log.db, &set, &e)))
		p = policy_set_at(set, clock_now(&clock));
	for (size_t i = 0; p && i < p->n_derived && e.code == CODE_NONE; i++)
		if (!p->derived[i].pseudonymized)
			late = is_late(d, p, &p->derived[i], &arena, &b, &e) || late;
	if (e.code != CODE_NONE)
		tell(d, "sets", RESULT_FAIL, &e, "", "see database");
	else
		say(d, "sets", !late, b.n ? buf_c(&b) : "no release of an anonymized set is due",
		    "sekisho deidentify run makes a release; or change `every` in the policy");
	buf_free(&b);
	arena_free(&arena);
	policy_set_free(set);
}

static void check_clock(struct doctor *d)
{
	struct clock clock = clock_system();
	struct entry_view view;
	struct error e = {0};
	struct str entry;
	moment last = MOMENT_NONE;
	result r = RESULT_OK;

	if (d->log.head.size)
		r = log_reader_entry(d->log.reader, d->log.head.size - 1, &entry, &e);
	if (ok(r) && d->log.head.size && (!entry_scan(entry, &view) || !moment_parse(view.t, &last)))
		r = error_set(&e, CODE_LOG_CORRUPT, "the log's last entry has no time");
	if (ok(r) && last != MOMENT_NONE && last > clock_now(&clock) + CLOCK_SLACK_MS)
		r = error_set(&e, CODE_CLOCK, "the log's last entry is later than the clock says now");
	tell(d, "clock", r, &e, "it is not behind the log", "set the clock");
}

static void check_disk(struct doctor *d)
{
	struct statvfs s;
	struct error e = {0};
	char message[96] = "";
	int64_t left = 0, all = 0;
	result r = RESULT_OK;

	if (statvfs(d->dir, &s) != 0) {
		r = error_at(&e, CODE_IO, d->dir, "the space on the disk is not known");
	} else {
		left = (int64_t)(s.f_bavail * s.f_frsize);
		all = (int64_t)(s.f_blocks * s.f_frsize);
	}
	snprintf(message, sizeof message, "%.1f GB free", (double)left / 1e9);
	if (ok(r))
		say(d, "disk", left > disk_small && left > all / DISK_PART, message, "make room: a full disk stops every answer");
	else
		tell(d, "disk", r, &e, message, "look at the disk");
}

static int examine(struct doctor *d)
{
	struct error e = {0};

	d->opened = tell(d, "instance", log_opened_open(&d->log, d->dir, 0, &e), &e, "configuration, key of the log and database are there",
			 "name the directory that sekisho init made, as the user that serves it");
	if (d->opened) {
		check_keys(d);
		check_database(d);
		check_log(d);
		check_index(d);
		check_tiles(d);
		check_policy(d);
		check_sets(d);
		check_clock(d);
		check_wal(d);
	}
	check_disk(d);
	log_opened_close(&d->log);
	return d->problems ? EXIT_REFUSED : EXIT_DONE;
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor d = {.json = false};
	const struct cmd_option options[] = {{"--json", NULL, "as JSON", &d.json, NULL}};
	const struct cmd_usage usage = {"doctor", "INSTANCE", "Says what is wrong with an instance and what to do; changes nothing.",
					options, 1, 1, 1};
	int status = cmd_parse(&usage, argc, argv, &d.dir);

	if (status != CMD_GO_ON)
		return status;
	if (d.json)
		d.checks = json_array();
	status = examine(&d);
	if (d.json) {
		json_t *v = json_pack("{s:o, s:I}", "checks", d.checks, "problems", (json_int_t)d.problems);

		if (!v || json_dumpf(v, stdout, JSON_COMPACT) != 0)
			status = EXIT_FAULT;
		putchar('\n');
		json_decref(v);
	}
	return cmd_finish(status);
}
