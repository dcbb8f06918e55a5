#include "evidence/proof.h"

static const struct str header = {"c2sp.org/tlog-proof@v1\n", sizeof "c2sp.org/tlog-proof@v1\n" - 1};

void proof_write(struct buf *b, uint64_t index, const struct merkle_proof *p, struct str note)
{
	buf_str(b, header);
	buf_text(b, "index ");
	buf_u64(b, index);
	buf_byte(b, '\n');
	for (unsigned i = 0; i < p->count; i++) {
		buf_base64(b, p->at[i].b, sizeof p->at[i].b);
		buf_byte(b, '\n');
	}
	buf_byte(b, '\n');
	buf_str(b, note);
}

/* Takes the next line off S; false when none ends in a newline. */
static bool take_line(struct str *s, struct str *line)
{
	size_t end = str_find(*s, '\n');

	if (end == s->n)
		return false;
	*line = str_sub(*s, 0, end);
	*s = str_sub(*s, end + 1, s->n);
	return true;
}

static bool read_index(struct str line, uint64_t *index)
{
	struct str digits = str_sub(line, 6, line.n);

	return str_starts(line, STR("index ")) && (digits.n == 1 || (digits.n && digits.p[0] != '0')) &&
	       str_to_u64(digits, MERKLE_SIZE_MAX - 1, index);
}

bool proof_read(struct str receipt, uint64_t *index, struct merkle_proof *p, struct str *note)
{
	struct str line;

	if (receipt.n > PROOF_RECEIPT_MAX || !str_starts(receipt, header))
		return false;
	receipt = str_sub(receipt, header.n, receipt.n);
	if (!take_line(&receipt, &line) || !read_index(line, index))
		return false;
	for (p->count = 0; take_line(&receipt, &line) && line.n; p->count++) {
		size_t n;

		if (p->count == MERKLE_PROOF_MAX ||
		    !base64_decode(line, p->at[p->count].b, sizeof p->at[p->count].b, &n) || n != HASH_SIZE)
			return false;
	}
	*note = receipt;
	return receipt.n > 0 && line.n == 0;
}

result proof_verify(struct str receipt, struct str entry, const struct note_key *key, uint64_t *index,
		    struct error *e)
{
	struct merkle_proof p;
	struct checkpoint c;
	struct merkle_hash leaf;
	struct str note;

	if (!proof_read(receipt, index, &p, &note))
		return error_set(e, CODE_MALFORMED, "this is no receipt");
	TRY(checkpoint_open(note, key, &c, e));
	merkle_leaf(entry, &leaf);
	if (!merkle_included(*index, 0, c.size, &leaf, &p, &c.root))
		return error_set(e, CODE_LOG_CORRUPT, "the receipt does not lead from the entry to the signed root");
	return RESULT_OK;
}

/* Makes in P the proof of entry INDEX in N's tree of SIZE, and checks that it leads from the entry to ROOT. */
static result prove(struct log_nodes *n, uint64_t index, uint64_t size, const struct merkle_hash *root,
		    struct merkle_proof *p, struct error *e)
{
	struct merkle_source s = log_nodes_source(n);
	struct merkle_hash leaf;

	TRY(merkle_prove_inclusion(&s, index, size, p, e));
	TRY(log_nodes_leaf(n, index, &leaf, e));
	if (!merkle_included(index, 0, size, &leaf, p, root))
		return error_set(e, CODE_LOG_CORRUPT, "the log's entries do not lead to its signed root");
	return RESULT_OK;
}

result proof_make(struct log_nodes *n, const struct log_head *h, uint64_t index, struct buf *b, struct error *e)
{
	struct merkle_hash root;
	struct merkle_proof p;

	merkle_range_root(&h->range, &root);
	if (!ok(prove(n, index, h->size, &root, &p, NULL))) {
		log_nodes_without_files(n);
		TRY(prove(n, index, h->size, &root, &p, e));
	}
	proof_write(b, index, &p, str_of(h->note));
	return buf_ok(b) ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for a receipt");
}

static result continues(struct log_nodes *n, const struct log_head *h, const struct checkpoint *old,
			struct merkle_proof *p, struct error *e)
{
	struct merkle_source s = log_nodes_source(n);
	struct merkle_span part = {0, old->size, old->root};
	struct merkle_range empty;
	struct merkle_hash root;
	bool fine;

	merkle_range_root(&h->range, &root);
	TRY(merkle_prove_consistency(&s, old->size, h->size, p, e));
	if (old->size == 0) {
		merkle_range_init(&empty); /* it begins every log, and nothing has to prove it */
		merkle_range_root(&empty, &root);
		fine = merkle_hash_eq(&old->root, &root);
	} else {
		fine = merkle_continues(&part, h->size, p, &root);
	}
	if (!fine)
		return error_set(e, CODE_LOG_CORRUPT, "the log does not continue the older checkpoint");
	return RESULT_OK;
}

result proof_make_consistency(struct log_nodes *n, const struct log_head *h, const struct checkpoint *old,
			      struct merkle_proof *p, struct error *e)
{
	if (ok(continues(n, h, old, p, NULL)))
		return RESULT_OK;
	log_nodes_without_files(n);
	return continues(n, h, old, p, e);
}
