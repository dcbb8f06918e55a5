/*
 * tests/faulty_disk.h - a disk that fails when told to.
 *
 * A thin SQLite VFS over the default one, for test programs of one thread.  It
 * counts the writes and syncs of every file and lets the N-th of them fail, by
 * the way asked for; from then on all go through again, or, with `lasting`, all
 * fail.
 */
#ifndef SEKISHO_TEST_FAULTY_DISK_H
#define SEKISHO_TEST_FAULTY_DISK_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum disk_fault {
	DISK_FULL,	 /* the write is refused */
	DISK_TORN,	 /* half of the write is done, then the disk is full */
	DISK_IO,	 /* the write or sync fails */
	DISK_SYNC,	 /* only syncs fail */
	DISK_READ_ONLY,	 /* the write is refused: mounted read-only */
};

struct faulty_disk {
	bool armed;
	bool lasting;
	enum disk_fault fault;
	int countdown; /* calls that still go through */
	int calls;     /* seen since it was armed */
	bool hit;
	sqlite3_vfs vfs;
	sqlite3_vfs *real;
	sqlite3_io_methods methods;
};

static struct faulty_disk disk;

struct faulty_file {
	sqlite3_file base;
	sqlite3_file *real;
};

/* The file that F stands for.  F's. */
static inline sqlite3_file *faulty_real(sqlite3_file *f)
{
	return ((struct faulty_file *)f)->real;
}

/* Lets the NTH (from 0) write or sync from now on fail with FAULT; all later ones too when LASTING. */
static inline void faulty_arm(int nth, enum disk_fault fault, bool lasting)
{
	disk.armed = true;
	disk.lasting = lasting;
	disk.fault = fault;
	disk.countdown = nth;
	disk.calls = 0;
	disk.hit = false;
}

/* From now on all goes through. */
static inline void faulty_disarm(void)
{
	disk.armed = false;
}

/* Counts one call, a SYNC or a write; true when it has to fail. */
static inline bool faulty_now(bool sync)
{
	if (!disk.armed || (disk.fault == DISK_SYNC && !sync))
		return false;
	/* a full or read-only disk is met when writing */
	if (sync && disk.fault != DISK_SYNC && disk.fault != DISK_IO)
		return false;
	disk.calls++;
	if (disk.hit && !disk.lasting)
		return false;
	if (disk.countdown-- > 0)
		return false;
	disk.hit = true;
	return true;
}

/* As xWrite of SQLite: N bytes at P to offset AT of F. */
static inline int faulty_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	sqlite3_file *real = faulty_real(f);

	if (!faulty_now(false))
		return real->pMethods->xWrite(real, p, n, at);
	switch (disk.fault) {
	case DISK_TORN:
		real->pMethods->xWrite(real, p, n / 2, at);
		return SQLITE_FULL;
	case DISK_FULL:
		return SQLITE_FULL;
	case DISK_READ_ONLY:
		return SQLITE_READONLY;
	default:
		return SQLITE_IOERR_WRITE;
	}
}

/* As xSync of SQLite, of F with FLAGS. */
static inline int faulty_sync(sqlite3_file *f, int flags)
{
	sqlite3_file *real = faulty_real(f);

	if (faulty_now(true))
		return SQLITE_IOERR_FSYNC;
	return real->pMethods->xSync(real, flags);
}

/* As xClose of SQLite, of F. */
static inline int faulty_close(sqlite3_file *f)
{
	sqlite3_file *real = faulty_real(f);

	return real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
}

#define FAULTY_PASS(name, params, args)                                \
	static inline int faulty_##name params                         \
	{                                                              \
		sqlite3_file *real = faulty_real(f);                   \
		return real->pMethods->x##name args;                   \
	}
FAULTY_PASS(Read, (sqlite3_file *f, void *p, int n, sqlite3_int64 at), (real, p, n, at))
FAULTY_PASS(Truncate, (sqlite3_file *f, sqlite3_int64 n), (real, n))
FAULTY_PASS(FileSize, (sqlite3_file *f, sqlite3_int64 *n), (real, n))
FAULTY_PASS(Lock, (sqlite3_file *f, int l), (real, l))
FAULTY_PASS(Unlock, (sqlite3_file *f, int l), (real, l))
FAULTY_PASS(CheckReservedLock, (sqlite3_file *f, int *out), (real, out))
FAULTY_PASS(FileControl, (sqlite3_file *f, int op, void *p), (real, op, p))
FAULTY_PASS(SectorSize, (sqlite3_file *f), (real))
FAULTY_PASS(DeviceCharacteristics, (sqlite3_file *f), (real))
FAULTY_PASS(ShmMap, (sqlite3_file *f, int page, int size, int extend, void volatile **out),
	    (real, page, size, extend, out))
FAULTY_PASS(ShmLock, (sqlite3_file *f, int at, int n, int flags), (real, at, n, flags))
FAULTY_PASS(ShmUnmap, (sqlite3_file *f, int del), (real, del))
#undef FAULTY_PASS

/* As xShmBarrier of SQLite, of F. */
static inline void faulty_ShmBarrier(sqlite3_file *f)
{
	sqlite3_file *real = faulty_real(f);

	real->pMethods->xShmBarrier(real);
}

/* As xOpen of SQLite: opens NAME in F with FLAGS, *OUT being those that came of it; V is this VFS. */
static inline int faulty_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct faulty_file *file = (struct faulty_file *)f;
	int rc;

	(void)v;
	file->real = (sqlite3_file *)(file + 1);
	memset(file->real, 0, (size_t)disk.real->szOsFile);
	rc = disk.real->xOpen(disk.real, name, file->real, flags, out);
	f->pMethods = file->real->pMethods ? &disk.methods : NULL;
	return rc;
}

/* Makes the faulty disk the one that every database of this program is opened on. */
static inline void faulty_install(void)
{
	disk.real = sqlite3_vfs_find(NULL);
	disk.vfs = *disk.real;
	disk.vfs.zName = "faulty";
	disk.vfs.szOsFile = (int)sizeof(struct faulty_file) + disk.real->szOsFile;
	disk.vfs.xOpen = faulty_open;
	disk.methods = (sqlite3_io_methods){
		.iVersion = 2,
		.xClose = faulty_close,
		.xRead = faulty_Read,
		.xWrite = faulty_write,
		.xTruncate = faulty_Truncate,
		.xSync = faulty_sync,
		.xFileSize = faulty_FileSize,
		.xLock = faulty_Lock,
		.xUnlock = faulty_Unlock,
		.xCheckReservedLock = faulty_CheckReservedLock,
		.xFileControl = faulty_FileControl,
		.xSectorSize = faulty_SectorSize,
		.xDeviceCharacteristics = faulty_DeviceCharacteristics,
		.xShmMap = faulty_ShmMap,
		.xShmLock = faulty_ShmLock,
		.xShmBarrier = faulty_ShmBarrier,
		.xShmUnmap = faulty_ShmUnmap,
	};
	sqlite3_vfs_register(&disk.vfs, 1);
}

#endif
