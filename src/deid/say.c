#include "deid/say.h"

void said_init(struct said *s)
{
	for (int l = 0; l < DEID_LANGUAGES; l++)
		buf_init(&s->in[l]);
}

void said_free(struct said *s)
{
	for (int l = 0; l < DEID_LANGUAGES; l++)
		buf_free(&s->in[l]);
}

const char *deid_language_tag(enum deid_language language)
{
	return language == DEID_JA ? "ja" : "en";
}

const char *deid_finding_said(enum deid_finding f, enum deid_language language)
{
	static const char *const names[DEID_FINDINGS][DEID_LANGUAGES] = {
		[DEID_FOUND_EMAIL] = {"an e-mail address", "メールアドレス"},
		[DEID_FOUND_PHONE] = {"a telephone number", "電話番号"},
		[DEID_FOUND_CARD] = {"a payment card number", "クレジットカード番号"},
		[DEID_FOUND_INDIVIDUAL_NUMBER] = {"an individual number", "個人番号"},
		[DEID_FOUND_PASSPORT] = {"a passport number", "旅券番号"},
		[DEID_FOUND_LICENCE] = {"a driving licence number", "運転免許証の番号"},
		[DEID_FOUND_RESIDENCE_CARD] = {"a residence card number", "在留カードの番号"},
		[DEID_FOUND_PENSION] = {"a basic pension number", "基礎年金番号"},
		[DEID_FOUND_INSURANCE] = {"an insured person's symbol and number", "被保険者等記号・番号"},
		[DEID_FOUND_ADDRESS] = {"a postal address", "住所"},
	};

	return names[f][language];
}

const char *deid_metric_said(enum deid_metric_kind m, enum deid_language language)
{
	static const char *const names[DEID_METRIC_KINDS][DEID_LANGUAGES] = {
		[DEID_LOSS] = {"share of detail lost, mean over columns", "失われた詳しさの割合（列の平均）"},
		[DEID_LOSS_GEOMETRIC] = {"share of detail lost, geometric mean over columns", "失われた詳しさの割合（列の幾何平均）"},
		[DEID_PRECISION] = {"height of the levels over the highest", "最も粗い段階に対する段階の高さ"},
		[DEID_ENTROPY] = {"share of information lost", "失われた情報量の割合"},
		[DEID_HEIGHT] = {"sum of the levels", "段階の合計"},
		[DEID_DISCERNABILITY] = {"squared sizes of the groups, summed", "グループの件数の2乗の合計"},
		[DEID_AECS] = {"mean size of the groups", "グループの平均件数"},
		[DEID_AMBIGUITY] = {"combinations of values that a record may stand for, mean", "1件が表し得る値の組合せの平均数"},
		[DEID_KL] = {"bits between the table and what the groups tell", "元の分布との隔たり（ビット）"},
	};

	return names[m][language];
}

void deid_model_said(const struct deid_model *m, struct said *s)
{
	int n = (int)m->column.n;
	const char *c = m->column.p;
	double a = m->a.den ? (double)m->a.num / (double)m->a.den : 0, b = m->b.den ? (double)m->b.num / (double)m->b.den : 0;

	switch (m->kind) {
	case DEID_K:
		SAY(s, "each group has at least %s records", "どのグループにも%s件以上の記録がある", GROUPED(m->count));
		break;
	case DEID_K_MAP:
		SAY(s, "in the population, each group has at least %s persons", "母集団では、どのグループにも%s人以上がいる", GROUPED(m->count));
		break;
	case DEID_DISTINCT_L:
		SAY(s, "each group has at least %s different values of \"%.*s\"", "どのグループにも、%s種類以上の値がある（「%.*s」列）",
		    GROUPED(m->count), n, c);
		break;
	case DEID_ENTROPY_L:
		SAY(s, "the values in each group are as varied as %.4g that are equally frequent (\"%.*s\")",
		    "どのグループの値も、同じ頻度の%.4g種類に並ぶほど多様である（「%.*s」列）", a, n, c);
		break;
	case DEID_RECURSIVE_CL:
		SAY(s, "the most frequent value of each group is below %.4g times all from place %s on (\"%.*s\")",
		    "どのグループでも、最も多い値の件数が、%.4g×（多い順に%s番目以降の合計）より少ない（「%.*s」列）", a, GROUPED(m->count), n, c);
		break;
	case DEID_T_EQUAL:
	case DEID_T_ORDERED:
	case DEID_T_HIERARCHICAL:
		SAY(s, "the values of each group are distributed as in the whole table, to a distance of %.4g (\"%.*s\")",
		    "どのグループの値の分布も、表全体との隔たりが%.4g以内である（「%.*s」列）", a, n, c);
		break;
	case DEID_DELTA:
		SAY(s, "of the persons of each group in the population, a share of %.4g to %.4g is in the table",
		    "母集団の各グループのうち、この表に含まれる人の割合は%.4gから%.4gまでである", a, b);
		break;
	case DEID_AVERAGE_RISK:
		SAY(s, "on average, a record is found with a chance of at most %.4g %%", "記録を言い当てられる確率は、平均して%.4g%%以内である", 100 * a);
		break;
	case DEID_POPULATION_UNIQUE:
		SAY(s, "at most %.4g %% of the population is estimated to be alone of its kind",
		    "母集団でほかに同じ人がいないと推定される人は%.4g%%以内である", 100 * a);
		break;
	default:
		break;
	}
}
