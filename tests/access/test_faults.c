/*
 * A disk that fails while something is committed: every write and sync of a create, in turn.
 *
 * Either nothing was done - storage_unavailable, no data, no entry, and all goes on
 * when the disk is well again - or the outcome is unknown, and the process ends
 * without an answer; opening it again settles what happened, whole or not at all.
 */
#include "road.h"

#include <sys/wait.h>

#include "evidence/verify.h"
#include "faulty_disk.h"

/* How a process that met the fault ended. */
enum { DONE = 0, REFUSED = 3, STOPPED = 42, WRONG = 99 };

static void stopped(void *ctx, const struct error *why)
{
	(void)ctx;
	(void)why;
	_exit(STOPPED);
}

/* Ends the child with WRONG, saying WHAT. */
static void wrong(const char *what)
{
	fprintf(stderr, "in the process that met the fault: %s\n", what);
	_exit(WRONG);
}

/* Creates the customer NUMBER: its outcome, and its code in *CODE. */
static enum op_outcome create(struct road *r, const char *number, enum code *code)
{
	struct op_acquire in;
	enum op_outcome outcome;

	road_customer(r, number, "", &in);
	outcome = in.op.outcome;
	*code = in.op.error.code;
	op_release(&in.op);
	return outcome;
}

/* Reads a name of ID while the disk is broken: it must be refused. */
static void read_refused(struct road *r, const struct uuid *id)
{
	struct op_read q;

	road_read_init(&q, &r->billing, "billing", road_text(id), "name");
	access_run(r->reader, &q.op);
	if (q.op.outcome != OP_FAILED || q.op.error.code != CODE_STORAGE_UNAVAILABLE)
		wrong("a read without its entry was answered");
	op_release(&q.op);
}

/* A fault to be met by a create. */
struct fault {
	enum disk_fault kind;
	int nth;
	bool lasting;
	char number[32]; /* of the customer to be created */
	char later[32];	 /* of the one after it */
};

/* The child: meets F, and goes on when it was refused cleanly. */
static int meet(struct road *r, const struct uuid *old, const struct fault *f)
{
	struct access_options o = road_options(r);
	struct error e = {0};
	enum code code;
	uint64_t size;

	o.fatal = stopped;
	if (!ok(access_open(r->dir, &o, &r->access, &e)) || !ok(access_reader_open(r->access, &r->reader, &e)))
		wrong("it cannot be opened");
	size = log_size(access_log(r->access));
	faulty_arm(f->nth, f->kind, f->lasting);
	if (create(r, f->number, &code) == OP_COMMITTED) {
		faulty_disarm();
		return disk.hit ? WRONG : DONE;
	}
	if (code != CODE_STORAGE_UNAVAILABLE)
		wrong(code_text(code));
	if (f->lasting)
		read_refused(r, old);
	faulty_disarm();
	if (log_size(access_log(r->access)) != size)
		wrong("something refused is in the log");
	if (create(r, f->later, &code) != OP_COMMITTED || code != CODE_NONE)
		wrong("it does not go on");
	if (road_read(r, &r->billing, "billing", old, "name", NULL) != CODE_NONE)
		wrong("it does not read on");
	road_shut(r);
	return REFUSED;
}

/* How many persons have the customer number NUMBER. */
static size_t known(struct road *r, const char *number)
{
	json_t *value = json_string(number);
	struct op_lookup l;
	size_t n;

	op_lookup_init(&l);
	road_ask(&l.op, &r->billing, "billing");
	l.category = STR("customer");
	l.item = STR("customer_number");
	l.value = value;
	access_run(r->reader, &l.op);
	assert_int_equal(l.op.error.code, CODE_NONE);
	n = l.n;
	op_release(&l.op);
	json_decref(value);
	return n;
}

static void log_verifies(const struct road *r, const struct note_key *key, uint64_t size)
{
	const struct verify_config c = {.key = key, .threads = 1};
	struct verify_report report;
	struct error e = {0};
	char url[1200];

	snprintf(url, sizeof url, "%s/sekisho.db", r->dir);
	assert_ok(verify_database(url, 0, &c, &report, &e), &e);
	assert_int_equal(report.size, size);
}

/* Lets a create meet F in a process of its own and looks at what is left; false when F was too late to be met. */
static bool fault_at(struct road *r, const struct uuid *old, const struct fault *f)
{
	uint64_t before = log_size(access_log(r->access)), after;
	int status;
	pid_t child;

	road_shut(r);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(meet(r, old, f));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	status = WEXITSTATUS(status);
	if (status != DONE && status != REFUSED && status != STOPPED)
		fail_msg("write or sync %d, fault %d, lasting %d: it ended with %d", f->nth, (int)f->kind, f->lasting, status);
	road_open(r);
	after = log_size(access_log(r->access));
	if (status == REFUSED)
		assert_int_equal(after, before + 2); /* the create and the read after it */
	else
		assert_int_equal(after, before + known(r, f->number));
	if (status != STOPPED)
		assert_int_equal(known(r, f->number), status == DONE);
	return status != DONE;
}

/* Sweeps faults of KIND over all writes and syncs of a create; the log that is left verifies. */
static void sweep(enum disk_fault kind)
{
	struct road r;
	struct note_key key;
	struct uuid old;
	char name[256];
	uint64_t size;
	int n = 0;

	road_make(&r);
	old = road_made(&r, "OLD", "");
	key = *log_key(access_log(r.access));
	snprintf(name, sizeof name, "%.*s", (int)key.name.n, key.name.p);
	key.name = str_of(name);
	for (int lasting = 0; lasting < 2; lasting++) {
		struct fault f = {.kind = kind, .lasting = lasting};

		do {
			snprintf(f.number, sizeof f.number, "N%d", n);
			snprintf(f.later, sizeof f.later, "L%d", n++);
		} while (fault_at(&r, &old, &f) && f.nth++ < 100);
	}
	assert_true(n >= 4); /* each way at least one fault was met */
	assert_int_equal(known(&r, "OLD"), 1);
	size = log_size(access_log(r.access));
	road_shut(&r);
	log_verifies(&r, &key, size);
	scratch_remove(&r.scratch);
}

static void full_disk_refuses_and_goes_on(void **state)
{
	(void)state;
	sweep(DISK_FULL);
}

static void torn_write_refuses_and_goes_on(void **state)
{
	(void)state;
	sweep(DISK_TORN);
}

static void failing_write_leaves_all_or_nothing(void **state)
{
	(void)state;
	sweep(DISK_IO);
}

static void failing_sync_stops_the_process_and_opening_settles_it(void **state)
{
	(void)state;
	sweep(DISK_SYNC);
}

static void read_only_disk_refuses_and_goes_on(void **state)
{
	(void)state;
	sweep(DISK_READ_ONLY);
}

static void without_memory_the_database_refuses_and_goes_on(void **state)
{
	struct road r;
	struct uuid old;
	enum code code;

	(void)state;
	road_make(&r);
	old = road_made(&r, "OLD", "");
	sqlite3_hard_heap_limit64(1);
	assert_int_equal(create(&r, "NEW", &code), OP_FAILED);
	assert_int_equal(code, CODE_OUT_OF_MEMORY);
	sqlite3_hard_heap_limit64(0);
	assert_int_equal(create(&r, "NEW", &code), OP_COMMITTED);
	assert_int_equal(code, CODE_NONE);
	assert_int_equal(road_read(&r, &r.billing, "billing", &old, "name", NULL), CODE_NONE);
	road_remove(&r);
}

/* Something else where the maker's stack was. */
static void overwrite_stack(void)
{
	volatile unsigned char there[64 * 1024];

	for (size_t i = 0; i < sizeof there; i++)
		there[i] = 0xA5;
}

static void told(struct op *op, void *ctx)
{
	(void)op;
	(*(_Atomic int *)ctx)++;
}

/* Makes an update of the address of ID ready and submits it. */
static void update_submit(struct road *r, struct op_acquire *in, struct str id, const json_t *items, _Atomic int *n)
{
	op_acquire_init(in, ACQUIRE_CORRECT);
	road_ask(&in->op, &r->desk, "inquiry");
	in->subject = id;
	in->category = STR("customer");
	in->items = items;
	in->op.done = told;
	in->op.ctx = n;
	access_submit(r->reader, &in->op);
}

static void a_change_that_waits_needs_nothing_of_its_makers_stack(void **state)
{
	json_t *items = json_pack("{s:s}", "address", "Kobe");
	struct road r;
	struct op_acquire in;
	struct uuid id;
	char text[UUID_TEXT];
	_Atomic int n = 0;

	(void)state;
	road_make(&r);
	id = road_made(&r, "OLD", "\"address\":\"Osaka\"");
	memcpy(text, road_text(&id).p, UUID_TEXT);
	sequencer_pause(access_sequencer(r.access));
	update_submit(&r, &in, (struct str){text, UUID_TEXT}, items, &n);
	overwrite_stack();
	sequencer_resume(access_sequencer(r.access));
	while (!n)
		usleep(200);
	assert_true(access_deliver(r.reader, &in.op));
	assert_int_equal(in.op.outcome, OP_COMMITTED);
	assert_int_equal(in.op.error.code, CODE_NONE);
	assert_int_equal(in.version, 2);
	op_release(&in.op);
	assert_int_equal(road_read(&r, &r.billing, "contact", &id, "address", "\"Kobe\""), CODE_NONE);
	json_decref(items);
	road_remove(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_disk_refuses_and_goes_on),
		cmocka_unit_test(torn_write_refuses_and_goes_on),
		cmocka_unit_test(failing_write_leaves_all_or_nothing),
		cmocka_unit_test(failing_sync_stops_the_process_and_opening_settles_it),
		cmocka_unit_test(read_only_disk_refuses_and_goes_on),
		cmocka_unit_test(without_memory_the_database_refuses_and_goes_on),
		cmocka_unit_test(a_change_that_waits_needs_nothing_of_its_makers_stack),
	};

	faulty_install();
	return cmocka_run_group_tests_name("access/faults", tests, NULL, NULL);
}
