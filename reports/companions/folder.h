#ifndef REPORTS_COMPANIONS_FOLDER_H
#define REPORTS_COMPANIONS_FOLDER_H

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

#define FOLDER_MANIFEST "MANIFEST.sha256"

#endif
