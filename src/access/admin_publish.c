#include <string.h>

#include "access/access_private.h"
#include "access/admin.h"
#include "access/record.h"
#include "policy/publish.h"

static result publish_prepare(struct op *op, const struct op_context *c, struct error *e)
{
	(void)c;
	(void)e;
	op->stores = true;
	return RESULT_OK;
}

/* Its version and hash are known only once it is frozen, so the entry is made here, in the same transaction. */
static result publish_store(struct op *op, const struct op_context *c, struct error *e)
{
	struct op_publish *p = (struct op_publish *)op;
	struct record record = {.kind = ENTRY_PUBLISH, .no_subject = true};
	const struct policy_candidate candidate = {.texts = p->texts, .now = c->now};
	struct policy_published out;

	TRY(policy_publish_dir(c->db, p->dir, &candidate, p->findings, &out, e));
	p->version = out.version;
	p->in_force = out.in_force;
	memcpy(p->hash, out.hash, sizeof p->hash);
	TRY(policy_set_load(c->db, &p->next, e));
	record_number(&record, FACT_NUMBER, out.version);
	record_text(&record, FACT_HASH, (struct str){(const char *)p->hash, sizeof p->hash});
	return record_decision(op, c, &record, e);
}

/* From here on decisions are taken by the versions that there are now. */
static void publish_committed(struct op *op, struct access *a)
{
	struct op_publish *p = (struct op_publish *)op;
	struct policy_set *next = p->next;

	p->next = NULL;
	if (!ok(gates_replace(a->gates, next, clock_now(&a->clock), &op->error)))
		op->outcome = OP_FAILED;
}

static const struct op_type publish_type = {
	.name = "publish",
	.prepare = publish_prepare,
	.store = publish_store,
	.committed = publish_committed,
	.alone = true,
};

void op_publish_init(struct op_publish *p)
{
	*p = (struct op_publish){.dir = NULL};
	op_init(&p->op, &publish_type);
	p->op.actor.number = ACTOR_SYSTEM;
}
