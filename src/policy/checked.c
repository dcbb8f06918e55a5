#include "policy/checked.h"

#include "policy/diff.h"
#include "policy/matters.h"

static const struct unchecked table[] = {
#define UNCHECKED(law, reason, en, ja) {law, UNCHECKED_##reason, en, ja},
#include "policy/unchecked.def"
#undef UNCHECKED
};

static const struct {
	const char *text, *en, *ja;
} reasons[UNCHECKED_REASONS] = {
	[UNCHECKED_REGISTER] = {"register", "kept beside the policy, in registers", "方針とは別の台帳で示すもの"},
	[UNCHECKED_OPERATION] = {"operation", "kept in operation, by gate, log and desk", "運用の中で、判断と記録と窓口が守るもの"},
	[UNCHECKED_JUDGEMENT] = {"judgement", "for a person to judge", "人が判断するもの"},
	[UNCHECKED_NOT_MECHANIZED] = {"not_mechanized", "no rule looks at it yet", "まだ規則がないもの"},
};

const struct unchecked *unchecked(size_t *count)
{
	*count = sizeof table / sizeof *table;
	return table;
}

const char *unchecked_reason_text(enum unchecked_reason r)
{
	return reasons[r].text;
}

const char *unchecked_reason_says(enum unchecked_reason r, bool japanese)
{
	return japanese ? reasons[r].ja : reasons[r].en;
}

bool checked_rule(enum finding_code code, bool pending)
{
	return !change_is(code) && (code != FINDING_PENDING_LAW || pending);
}

size_t checked_rules(const struct findings *f)
{
	size_t n = 0;

	for (int i = 0; i < FINDING_CODES; i++)
		n += checked_rule((enum finding_code)i, f->checked.pending);
	return n;
}

bool checked_matter(const struct findings *f, size_t position)
{
	return position < CHECKED_MATTERS && f->checked.matters[position / 64] >> position % 64 & 1;
}

size_t checked_matters(const struct findings *f)
{
	size_t n = 0;

	for (size_t i = 0; i < CHECKED_MATTERS; i++)
		n += checked_matter(f, i);
	return n;
}
