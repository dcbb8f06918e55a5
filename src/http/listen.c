#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/internal.h"

enum { BACKLOG = 1024 };

static result listen_fail(struct error *e, const char *what, const char *where)
{
	return error_at(e, CODE_IO, where, "cannot %s: %s", what, strerrordesc_np(errno));
}

/* True when someone answers at ADDRESS: then its name is not ours to remove. */
static bool unix_is_served(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool served;

	if (fd < 0)
		return true;
	served = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno != ECONNREFUSED;
	(void)close(fd); /* ignored: nothing was written */
	return served;
}

/* Removes a socket that a dead server left; whatever else is there stays, and bind reports it. */
static void unix_clear(const struct sockaddr_un *address)
{
	struct stat st;

	if (lstat(address->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) && !unix_is_served(address))
		(void)unlink(address->sun_path); /* ignored: bind reports what is still there */
}

static result url_made(struct http_server *s, struct error *e)
{
	buf_byte(&s->url, '\0');
	return buf_ok(&s->url) ? RESULT_OK : error_set(e, CODE_OUT_OF_MEMORY, "no memory for the address");
}

static result listen_unix(struct http_server *s, const char *path, struct error *e)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof address.sun_path)
		return error_at(e, CODE_USAGE, path, "a socket's path has 1 to %zu bytes", sizeof address.sun_path - 1);
	memcpy(address.sun_path, path, n + 1);
	unix_clear(&address);
	s->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->listen_fd < 0)
		return listen_fail(e, "make a socket", path);
	/* the mode of the socket becomes that of the name: it is never open to others, not even between two calls */
	if (fchmod(s->listen_fd, 0600) != 0)
		return listen_fail(e, "protect the socket", path);
	if (bind(s->listen_fd, (const struct sockaddr *)&address, sizeof address) != 0)
		return listen_fail(e, "listen", path);
	s->unix_bound = true;
	if (listen(s->listen_fd, BACKLOG) != 0)
		return listen_fail(e, "listen", path);
	buf_text(&s->url, s->config.listen);
	return url_made(s, e);
}

/* Splits "host:port" or "[host]:port" into HOST of CAP bytes and gives the port, or NULL. */
static const char *address_split(const char *listen, char *host, size_t cap)
{
	const char *colon = strrchr(listen, ':');
	const char *from = listen;
	size_t n;

	if (!colon || colon == listen)
		return NULL;
	n = (size_t)(colon - listen);
	if (listen[0] == '[') {
		if (colon[-1] != ']')
			return NULL;
		from++;
		n -= 2;
	}
	if (n == 0 || n >= cap)
		return NULL;
	memcpy(host, from, n);
	host[n] = '\0';
	return colon + 1;
}

static result url_write(struct http_server *s, struct error *e)
{
	struct sockaddr_storage address;
	socklen_t n = sizeof address;
	char host[NI_MAXHOST], port[NI_MAXSERV];
	bool six;

	if (getsockname(s->listen_fd, (struct sockaddr *)&address, &n) != 0)
		return listen_fail(e, "name the address", s->config.listen);
	if (getnameinfo((const struct sockaddr *)&address, n, host, sizeof host, port, sizeof port,
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return error_at(e, CODE_IO, s->config.listen, "cannot name the address");
	six = address.ss_family == AF_INET6;
	buf_printf(&s->url, "%s://%s%s%s:%s", s->config.tls_cert ? "https" : "http", six ? "[" : "", host, six ? "]" : "",
		   port);
	return url_made(s, e);
}

static result listen_on(struct http_server *s, const struct addrinfo *a, struct error *e)
{
	int on = 1;

	s->listen_fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->listen_fd < 0)
		return listen_fail(e, "make a socket", s->config.listen);
	if (setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
		return listen_fail(e, "make the address reusable", s->config.listen);
	if (bind(s->listen_fd, a->ai_addr, a->ai_addrlen) != 0 || listen(s->listen_fd, BACKLOG) != 0)
		return listen_fail(e, "listen", s->config.listen);
	return url_write(s, e);
}

result http_listen(struct http_server *s, struct error *e)
{
	const char *listen = s->config.listen;
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	char host[NI_MAXHOST];
	const char *port;
	result r;

	if (strncmp(listen, "unix:", 5) == 0)
		return listen_unix(s, listen + 5, e);
	port = address_split(listen, host, sizeof host);
	if (!port)
		return error_at(e, CODE_USAGE, listen, "an address is HOST:PORT, [IPv6]:PORT or unix:PATH");
	if (getaddrinfo(host, port, &hints, &found) != 0 || !found)
		return error_at(e, CODE_USAGE, listen, "there is no such address on this machine");
	r = listen_on(s, found, e);
	freeaddrinfo(found);
	return r;
}
