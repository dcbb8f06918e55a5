#include "cmd/token_file.h"

#include <stdlib.h>

#include "base/file.h"

enum { TOKEN_FILE_MAX = 4096 };

result token_file_read(const char *path, struct buf *out, struct error *e)
{
	struct buf file;
	struct str token;
	result r;

	if (!path)
		path = getenv("SEKISHO_TOKEN_FILE");
	if (!path || !path[0])
		return error_set(e, CODE_USAGE, "--token-file FILE is missing, and so is the variable SEKISHO_TOKEN_FILE");
	buf_init(&file);
	r = file_read(path, TOKEN_FILE_MAX, &file, e);
	token = str_trim(buf_view(&file));
	if (ok(r) && token.n)
		buf_str(out, token);
	else if (ok(r))
		r = error_at(e, CODE_USAGE, path, "the file holds no token; sekisho token create prints one");
	buf_wipe(&file);
	return r;
}
