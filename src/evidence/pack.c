#include "evidence/pack.h"

#include <zstd.h>

/* Level 1 packs a batch in some microseconds; higher ones gain next to nothing on entries. */
enum { PACK_LEVEL = 1 };

struct packer *packer_make(void)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();

	if (!c)
		return NULL;
	if (ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, PACK_LEVEL)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1))) {
		ZSTD_freeCCtx(c);
		return NULL;
	}
	return (struct packer *)c;
}

void packer_free(struct packer *p)
{
	ZSTD_freeCCtx((ZSTD_CCtx *)p);
}

result packer_add(struct packer *p, struct str bundle, struct buf *out, struct error *e)
{
	size_t bound = ZSTD_compressBound(bundle.n);
	size_t before = out->n;
	char *at = buf_room(out, bound);
	size_t n;

	if (!at)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to pack a batch");
	n = ZSTD_compress2((ZSTD_CCtx *)p, at, bound, bundle.p, bundle.n);
	out->n = before;
	if (ZSTD_isError(n))
		return error_set(e, CODE_OUT_OF_MEMORY, "a batch cannot be packed: %s", ZSTD_getErrorName(n));
	out->n += n;
	return RESULT_OK;
}

struct unpacker *unpacker_make(void)
{
	return (struct unpacker *)ZSTD_createDCtx();
}

void unpacker_free(struct unpacker *u)
{
	ZSTD_freeDCtx((ZSTD_DCtx *)u);
}

result unpacker_add(struct unpacker *u, struct str packed, struct buf *out, struct error *e)
{
	unsigned long long size = ZSTD_getFrameContentSize(packed.p, packed.n);
	size_t before = out->n;
	char *at;
	size_t n;

	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > PACK_BUNDLE_MAX)
		return error_set(e, CODE_LOG_CORRUPT, "the batch's entries are no frame of a known size");
	at = buf_room(out, (size_t)size);
	if (!at)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory to unpack a batch");
	n = ZSTD_decompressDCtx((ZSTD_DCtx *)u, at, (size_t)size, packed.p, packed.n);
	if (ZSTD_isError(n) || n != size) {
		out->n = before;
		return error_set(e, CODE_LOG_CORRUPT, "the batch's entries are damaged");
	}
	return RESULT_OK;
}
