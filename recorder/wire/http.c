#include "recorder/wire/http.h"

#include "recorder/wire/doh.h"
#include "recorder/wire/http2.h"

#include <string.h>
#include <strings.h>

/* RFC 9110, 5.6.2 */
static bool is_token(unsigned char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return true;
	return c && strchr("!#$%&'*+-.^_`|~", c);
}

static size_t token_size(struct bytes text)
{
	size_t size = 0;

	while (size < text.size && is_token((unsigned char)text.data[size]))
		size++;
	return size;
}

static struct bytes behind(struct bytes text, size_t size)
{
	return (struct bytes){ text.data + size, text.size - size };
}

static bool equals(struct bytes text, const char *word)
{
	return text.size == strlen(word) && !strncasecmp(text.data, word, text.size);
}

/* The next line without its end, CR LF or LF (RFC 9112, 2.2); *at moves behind that. */
static enum reading next_line(struct bytes stream, size_t *at, struct bytes *ret)
{
	struct bytes rest = behind(stream, *at);
	const char *end = rest.size ? memchr(rest.data, '\n', rest.size) : NULL;
	struct bytes line = { rest.data, end ? (size_t)(end - rest.data) : rest.size };

	if (line.size > HTTP_LINE_MAX)
		return READING_NOT;
	if (line.size && line.data[line.size - 1] == '\r')
		line.size--;
	if (line.size && (memchr(line.data, '\0', line.size) || memchr(line.data, '\r', line.size)))
		return READING_NOT;
	if (!end)
		return READING_MORE;
	*at = (size_t)(end - stream.data) + 1;
	*ret = line;
	return READING_DONE;
}

/* The authority of what follows a scheme's "//", without userinfo: RFC 3986, 3.2. */
static int read_uri(struct bytes uri, struct http *http)
{
	size_t size = 0;
	const char *user;

	while (size < uri.size && !memchr("/?#", uri.data[size], 3))
		size++;
	http->dns = doh_is_path(behind(uri, size));
	uri.size = size;
	user = size ? memrchr(uri.data, '@', size) : NULL;
	return target_read(&http->target, user ? behind(uri, (size_t)(user - uri.data) + 1) : uri);
}

/* What is asked for, between the method and the version. */
static bool read_form(struct bytes method, struct bytes text, struct http *http)
{
	const char *scheme = text.size ? memmem(text.data, text.size, "://", 3) : NULL;
	struct bytes name;

	if (text.size == 0)
		return false;
	if (equals(method, "CONNECT")) {
		http->form = HTTP_AUTHORITY;
		return target_read(&http->target, text) == 0;
	}
	http->dns = doh_is_path(text);
	if (text.data[0] == '/')
		return true;
	if (text.size == 1 && text.data[0] == '*') {
		http->form = HTTP_ASTERISK;
		return true;
	}
	if (!scheme)
		return false;
	name = (struct bytes){ text.data, (size_t)(scheme - text.data) };
	http->form = HTTP_ABSOLUTE;
	http->secure = equals(name, "https") || equals(name, "wss");
	return token_size(name) == name.size && read_uri(behind(text, name.size + 3), http) == 0;
}

/* Cuts " HTTP/1.x" off the end of a line; 0 when that is not there. */
static unsigned cut_version(struct bytes *line)
{
	const char *version;

	if (line->size < 9)
		return 0;
	version = line->data + line->size - 9;
	if (memcmp(version, " HTTP/1.", 8) || version[8] < '0' || version[8] > '9')
		return 0;
	line->size -= 9;
	return version[8] == '0' ? 10 : 11;
}

/* "METHOD target HTTP/1.x" */
static bool read_request(struct bytes line, struct http *http)
{
	size_t size = token_size(line);
	struct bytes text;

	http->version = cut_version(&line);
	if (!http->version || size == 0 || size > HTTP_METHOD_MAX)
		return false;
	if (size >= line.size || line.data[size] != ' ')
		return false;
	text = behind(line, size + 1);
	if (text.size && memchr(text.data, ' ', text.size))
		return false;
	return read_form((struct bytes){ line.data, size }, text, http);
}

static struct bytes trimmed(struct bytes text)
{
	while (text.size && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = behind(text, 1);
	while (text.size && strchr(" \t", text.data[text.size - 1]))
		text.size--;
	return text;
}

/* One field; *hosts counts those that are Host. */
static bool read_field(struct bytes line, struct http *http, unsigned *hosts)
{
	size_t size = token_size(line);
	struct bytes value;

	if (size == 0 || size == line.size || line.data[size] != ':')
		return false;
	value = trimmed(behind(line, size + 1));
	http->dns |= doh_is_field((struct bytes){ line.data, size }, value);
	if (!equals((struct bytes){ line.data, size }, "host"))
		return true;
	if (++*hosts > 1)
		return false;
	if (http->target.size || value.size == 0)
		return true;
	return target_read(&http->target, value) == 0;
}

/* Whether what has come so far can become a request line. */
static enum reading may_begin(struct bytes rest)
{
	size_t size = token_size(rest);

	if (size > HTTP_METHOD_MAX || (size < rest.size && (size == 0 || rest.data[size] != ' ')))
		return READING_NOT;
	return READING_MORE;
}

static enum reading read_fields(struct bytes stream, size_t at, struct http *http)
{
	unsigned hosts = 0;
	enum reading reading;
	struct bytes line;

	while ((reading = next_line(stream, &at, &line)) == READING_DONE && line.size)
		if (!read_field(line, http, &hosts))
			return READING_NOT;
	http->size = at;
	return reading;
}

/* The first line; an empty one before it is forgiven. */
static enum reading first_line(struct bytes stream, size_t *at, struct bytes *ret)
{
	enum reading reading = next_line(stream, at, ret);
	struct bytes rest;

	if (reading == READING_DONE && ret->size == 0)
		reading = next_line(stream, at, ret);
	rest = behind(stream, *at);
	if (reading != READING_MORE || bytes_equal(rest, bytes_of("\r")))
		return reading;
	return may_begin(rest);
}

static enum reading read_first(struct bytes stream, struct http *ret)
{
	struct http http = { 0 };
	struct bytes line;
	size_t at = 0;
	enum reading reading = first_line(stream, &at, &line);

	if (reading != READING_DONE)
		return reading;
	if (!read_request(line, &http))
		return READING_NOT;
	reading = read_fields(stream, at, &http);
	if (reading == READING_DONE)
		*ret = http;
	return reading;
}

enum reading http_read(struct bytes stream, struct http *ret)
{
	struct http2 two;
	enum reading reading;

	if (stream.size == 0)
		return READING_MORE;
	reading = http2_read(stream, &two);
	if (reading == READING_NOT)
		return read_first(stream, ret);
	if (reading == READING_DONE)
		*ret = (struct http){ .version = 20,
				      .form = two.request[0].connect ? HTTP_AUTHORITY
								     : HTTP_ABSOLUTE,
				      .secure = two.request[0].secure,
				      .dns = two.request[0].dns,
				      .target = two.request[0].target,
				      .size = stream.size };
	return reading;
}
