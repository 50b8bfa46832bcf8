#ifndef REPORTS_COMPANIONS_FOLDER_H
#define REPORTS_COMPANIONS_FOLDER_H

#include <stdio.h>

struct buffer;
struct edition;
struct error;

/* Whether the path is a folder that is there. */
int folder_is_there(const char *path);

/* Writes every file of the format ("all": of all) into the folder, which is made where it is not
 * there, and last MANIFEST.sha256, as sha256sum(1) checks it.  A folder with anything in it is
 * only taken where that is an earlier report, which is replaced, and which nobody has signed:
 * else -EEXIST.  Until the manifest is there, the report is not whole.  0 or -errno. */
int folder_write(struct edition *edition, const char *format, const char *path, struct error *err);

/* One file: NULL or "-" is standard output.  0 or -errno. */
int folder_write_one(struct edition *edition, const char *format, const char *path,
		     struct error *err);

/* ---- for folders of folders ---- */

/* Writes one file, or none of it; NULL is standard output.  0 or -errno. */
typedef int folder_writer(void *context, FILE *out, struct error *err);
int folder_write_file(const char *path, folder_writer *write, void *context, struct error *err);

/* Makes the folder, or takes one that is empty; else -EEXIST. */
int folder_take_empty(const char *path, struct error *err);
/* FOLDER/NAME, in a buffer that is cleared first. */
void folder_join(const char *folder, const char *name, struct buffer *ret);
/* Appends the line of a manifest for a file that is called so there. */
int folder_add_sum(const char *path, const char *name, struct buffer *manifest, struct error *err);
/* The same for all of a folder of that name, by its own manifest, and for that. */
int folder_list(const char *path, const char *name, struct buffer *manifest, struct error *err);
int folder_seal(const char *path, const struct buffer *manifest, struct error *err);

#define FOLDER_MANIFEST "MANIFEST.sha256"

#endif
