// SPDX-License-Identifier: GPL-2.0
/*
 * Cgroups as people name them: paths as systemd and the container runtimes make them, and paths that
 * somebody made up.
 */
#include "show/cgroup_name.h"

#include "show/cgroups.h"
#include "system/cgroup.h"
#include "test/unit.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ID	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2	"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define POD	"7f1c0a2e-3b4d-4c5e-8f60-718293a4b5c6"
#define POD_	"7f1c0a2e_3b4d_4c5e_8f60_718293a4b5c6"
#define USER	"/user.slice/user-1000.slice/user@1000.service"

static const struct {
	const char *path;
	const char *name;
} paths[] = {
	/* the root, and what no rule knows: the path itself */
	{ "/", "/" },
	{ "/foo", "/foo" },
	{ "/foo/bar", "/foo/bar" },
	/* units of the system */
	{ "/init.scope", "init.scope" },
	{ "/system.slice", "system.slice" },
	{ "/system.slice/ssh.service", "ssh.service" },
	{ "/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service" },
	{ "/system.slice/system-postgresql.slice/postgresql@15-main.service",
	  "postgresql@15-main.service" },
	{ "/system.slice/a\\x2db.service", "a-b.service" },
	{ "/system.slice/dev-disk-by\\x2duuid-1234.swap", "dev-disk-by-uuid-1234.swap" },
	{ "/system.slice/ssh.socket", "ssh.socket" },
	/* what a unit makes for itself belongs to it */
	{ "/system.slice/app.service/worker/1", "app.service" },
	{ "/system.slice/app.service/other.service", "app.service" },
	{ "/system.slice/_cgroup.service", "cgroup.service" },
	/* users */
	{ "/user.slice", "user.slice" },
	{ "/user.slice/user-1000.slice", "user-1000.slice of user 1000" },
	{ "/user.slice/user-1000.slice/session-3.scope", "session-3.scope of user 1000" },
	{ USER, "user@1000.service of user 1000" },
	{ USER "/init.scope", "init.scope of user 1000" },
	{ USER "/app.slice", "user@1000.service of user 1000" },
	{ USER "/app.slice/syncthing.service", "syncthing.service of user 1000" },
	{ USER "/app.slice/app-org.gnome.Terminal.slice/vte-spawn-1.scope",
	  "vte-spawn-1.scope of user 1000" },
	{ USER "/app.slice/app-foo\\x2dbar-77.scope", "app-foo-bar-77.scope of user 1000" },
	/* containers */
	{ "/system.slice/docker-" ID ".scope", "docker 0123456789ab" },
	{ "/docker/" ID, "docker 0123456789ab" },
	{ "/docker/" ID "/init", "docker 0123456789ab" },
	{ "/system.slice/docker-" ID ".scope/system.slice/nginx.service",
	  "nginx.service in docker 0123456789ab" },
	{ "/docker/" ID "/docker/" ID2, "docker fedcba987654" },
	{ "/machine.slice/libpod-" ID ".scope/container", "podman 0123456789ab" },
	{ "/libpod_parent/libpod-" ID, "podman 0123456789ab" },
	{ USER "/user.slice/libpod-" ID ".scope", "podman 0123456789ab" },
	{ USER "/user.slice/libpod-conmon-" ID ".scope",
	  "libpod-conmon-" ID ".scope of user 1000" },
	{ "/machine.slice/machine-db.scope/payload", "machine db" },
	{ "/machine.slice/systemd-nspawn@db\\x2dtwo.service/payload/system.slice/mysql.service",
	  "mysql.service in machine db-two" },
	{ "/lxc.payload.web/system.slice", "system.slice in lxc web" },
	{ "/lxc/web", "lxc web" },
	/* pods */
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_
	  ".slice/cri-containerd-" ID ".scope", "containerd 0123456789ab, pod " POD },
	{ "/kubepods.slice/kubepods-pod" POD_ ".slice/crio-" ID ".scope",
	  "cri-o 0123456789ab, pod " POD },
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" POD_ ".slice",
	  "pod " POD },
	{ "/kubepods/burstable/pod" POD "/" ID, "container 0123456789ab, pod " POD },
	{ "/kubepods/besteffort/pod" POD "/docker/" ID, "docker 0123456789ab, pod " POD },
	{ "/kubelet.slice/kubelet-kubepods.slice", "kubelet-kubepods.slice" },
	/* made up by somebody: no container, no unit, nothing that runs over */
	{ "", "" },
	{ "//", "//" },
	{ "/docker/" ID "0", "/docker/" ID "0" },
	{ "/docker/0123456789abcdef", "/docker/0123456789abcdef" },
	{ "/docker/0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
	  "/docker/0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF" },
	{ "/docker-" ID, "/docker-" ID },
	{ "/docker-.scope", "docker-.scope" },
	{ "/libpod-.scope", "libpod-.scope" },
	{ "/.service", "/.service" },
	{ "/a b.service", "/a b.service" },
	{ "/system.slice/a\\x0ab.service", "a\\x0ab.service" },
	{ "/system.slice/a\\x00b.service", "a\\x00b.service" },
	{ "/system.slice/a\\x2fb.service", "a\\x2fb.service" },
	{ "/system.slice/a\\x2.service", "a\\x2.service" },
	{ "/system.slice/a\\x2", "system.slice" },
	{ "/evil\033[2J.service", "/evil\033[2J.service" },
	{ "/user.slice/user@.service", "user@.service" },
	{ "/user@x.service/app.slice/a.service", "user@x.service" },
	{ "/machine-db.scope", "machine-db.scope" },
	{ "/machine.slice/machine-.scope", "machine-.scope" },
	{ "/lxc.payload.", "/lxc.payload." },
	{ "/pod" POD "/x", "/pod" POD "/x" },
	{ "/kubepods/podXYZ", "/kubepods/podXYZ" },
	{ "/kubepods.slice/kubepods-pod.slice", "kubepods-pod.slice" },
	{ "/kubepods/tripod" POD, "/kubepods/tripod" POD },
};

/* Without the files of this host */
static const char *text_of(char *text, const char *path)
{
	struct tpr_cgroup_name name;

	tpr_cgroup_parse(&name, path);
	return tpr_cgroup_text(text, &name, path);
}

static void names(void)
{
	char text[TPR_CGROUP_NAME_BYTES];
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		CHECK_STRING(text_of(text, paths[i].path), paths[i].name);
}

/* One name of a path has up to 255 bytes, a path up to 4095. */
static void long_names(void)
{
	static const char *const ends[] = { ".service", ".scope", ".slice", "" };
	char text[TPR_CGROUP_NAME_BYTES];
	char path[4096];
	size_t i, at;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		for (at = 0; at + 300 < sizeof(path); at += 255 + strlen("/")) {
			memset(path + at, 'a', 256);
			path[at] = '/';
			memcpy(path + at + 256 - strlen(ends[i]), ends[i], strlen(ends[i]));
		}
		path[at] = '\0';
		CHECK_NUMBER(strlen(text_of(text, path)) < sizeof(text), 1);
	}
	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	memcpy(path, "/machine.slice/machine-", 23);
	memcpy(path + 4095 - 6, ".scope", 6);
	CHECK_NUMBER(strlen(text_of(text, path)) < sizeof(text), 1);
}

static const char *container_of(const char *path)
{
	static char container[TPR_CONTAINER_BYTES];
	struct tpr_cgroup_name name;

	tpr_cgroup_parse(&name, path);
	return tpr_cgroup_container(container, &name) ? container : "none";
}

static void containers(void)
{
	CHECK_STRING(container_of("/"), "none");
	CHECK_STRING(container_of("/system.slice/ssh.service"), "none");
	CHECK_STRING(container_of("/system.slice/docker-" ID ".scope"), "docker 0123456789ab");
	CHECK_STRING(container_of("/docker/" ID "/init"), "docker 0123456789ab");
	CHECK_STRING(container_of("/kubepods/burstable/pod1/" ID), "container 0123456789ab");
	CHECK_STRING(container_of("/lxc.payload.web/system.slice"), "lxc web");
	CHECK_STRING(container_of("/machine.slice/systemd-nspawn@db.service"), "machine db");
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

/* The files of runtimes, in a directory of our own */
static void make_root(const char *root)
{
	char command[1536];

	snprintf(command, sizeof(command), "cd %s && mkdir -p var/lib/docker/containers/" ID
		 " var/lib/docker/containers/" ID2 " var/lib/containers/storage/overlay-containers"
		 " var/log/pods/default_web-1_" POD " 'var/log/pods/a_b' var/log/containers"
		 " var/lib/nerdctl/1935db59/names/default etc home/u/.local/share/docker/containers/" ID2
		 " home/u/.local/share/containers/storage/overlay-containers &&"
		 " touch var/log/containers/web-1_default_nginx-" ID ".log"
		 " var/log/containers/web-1_default_evil-" ID2 "0.log", root);
	CHECK_NUMBER(system(command), 0);
	snprintf(command, sizeof(command), "%s/var/lib/docker/containers/" ID "/config.v2.json", root);
	write_file(command, "{\"Config\":{\"Env\":[\"A=\\\"Name\\\":\\\"/evil\\\"\"]},"
			    "\"Name\":\"/web\"}");
	snprintf(command, sizeof(command), "%s/var/lib/docker/containers/" ID2 "/config.v2.json",
		 root);
	write_file(command, "{\"Name\":\"/a\033[2J\"}");
	snprintf(command, sizeof(command), "%s/var/lib/containers/storage/overlay-containers/"
		 "containers.json", root);
	write_file(command, "[{\"id\":\"" ID2 "\",\"layer\":\"x\"},"
			    "{\"id\":\"" ID "\",\"names\":[\"db\"],\"image\":\"y\"}]");
	snprintf(command, sizeof(command), "%s/var/lib/nerdctl/1935db59/names/default/shop", root);
	write_file(command, ID2);
	snprintf(command, sizeof(command), "%s/etc/passwd", root);
	write_file(command, "root:x:0:0:root:/root:/bin/sh\nu:x:1000:1000:u:/home/u:/bin/sh\n");
	snprintf(command, sizeof(command), "%s/home/u/.local/share/containers/storage/"
		 "overlay-containers/containers.json", root);
	write_file(command, "[{\"id\":\"" ID "\",\"names\":[\"mine\"]}]");
	snprintf(command, sizeof(command), "%s/home/u/.local/share/docker/containers/" ID2
		 "/config.v2.json", root);
	write_file(command, "{\"Name\":\"/hers\"}");
}

static void look_up(void)
{
	char root[] = "/tmp/cgroup_test.XXXXXX", command[64];
	char text[TPR_CGROUP_NAME_BYTES];

	if (!mkdtemp(root))
		return;
	make_root(root);
	setenv("TUPLEWATCH_ROOT", root, 1);
	CHECK_STRING(tpr_cgroup_say(text, "/system.slice/docker-" ID ".scope"),
		     "docker 0123456789ab (web)");
	CHECK_STRING(tpr_cgroup_say(text, "/docker/" ID2), "docker fedcba987654");
	CHECK_STRING(tpr_cgroup_say(text, "/machine.slice/libpod-" ID ".scope"),
		     "podman 0123456789ab (db)");
	CHECK_STRING(tpr_cgroup_say(text, "/machine.slice/libpod-" ID2 ".scope"),
		     "podman fedcba987654");
	CHECK_STRING(tpr_cgroup_say(text, "/kubepods/pod" POD "/" ID),
		     "container 0123456789ab (nginx), pod default/web-1");
	CHECK_STRING(tpr_cgroup_say(text, "/kubepods.slice/kubepods-pod" POD_
				    ".slice/cri-containerd-" ID ".scope"),
		     "containerd 0123456789ab (nginx), pod default/web-1");
	CHECK_STRING(tpr_cgroup_say(text, "/system.slice/cri-containerd-" ID2 ".scope"),
		     "containerd fedcba987654 (shop)");
	/* without root: his files, and not the system's */
	CHECK_STRING(tpr_cgroup_say(text, USER "/user.slice/libpod-" ID ".scope/container"),
		     "podman 0123456789ab (mine)");
	CHECK_STRING(tpr_cgroup_say(text, USER "/docker-" ID2 ".scope"), "docker fedcba987654 (hers)");
	CHECK_STRING(tpr_cgroup_say(text, "/user.slice/user-1001.slice/user@1001.service/libpod-" ID
				    ".scope"), "podman 0123456789ab");
	CHECK_STRING(tpr_cgroup_say(text, "/system.slice/ssh.service"), "ssh.service");
	unsetenv("TUPLEWATCH_ROOT");
	snprintf(command, sizeof(command), "rm -r %s", root);
	CHECK_NUMBER(system(command), 0);
}

#define HER_PODMAN	"home/u/.local/share/containers/storage/overlay-containers/containers.json"
#define HER_DOCKER	"home/u/.local/share/docker/containers/" ID "/config.v2.json"
#define TEXT_PODMAN	"'[{\"id\":\"" ID "\",\"names\":[\"mine\"]}]'"
#define TEXT_DOCKER	"'{\"Name\":\"/hers\"}'"

#define MAKE_FILES	"printf %s " TEXT_PODMAN " >" HER_PODMAN "; printf %s " TEXT_DOCKER " >" HER_DOCKER
#define BOTH		" " HER_PODMAN " " HER_DOCKER

/* What somebody puts in his home for root to read: each with text would name the container. */
static const struct {
	const char *commands;
	bool is_taken;
	bool needs_root;
} traps[] = {
	{ .commands = MAKE_FILES, .is_taken = true },
	{ .commands = "mkfifo" BOTH },
	{ .commands = "mkdir" BOTH },
	{ .commands = MAKE_FILES "; mv " HER_PODMAN " p; mv " HER_DOCKER " d; ln -s $PWD/p " HER_PODMAN
	  "; ln -s $PWD/d " HER_DOCKER },
	/* as large as may be, and larger */
	{ .commands = MAKE_FILES "; truncate -s 4194304" BOTH, .is_taken = true },
	{ .commands = MAKE_FILES "; truncate -s 4194305" BOTH },
	/* his own, and another user's */
	{ .commands = MAKE_FILES "; chown 1000" BOTH, .is_taken = true, .needs_root = true },
	{ .commands = MAKE_FILES "; chown 1001" BOTH, .needs_root = true },
};

static void try_trap(const char *root, size_t i)
{
	char text[TPR_CGROUP_NAME_BYTES], command[2048];

	snprintf(command, sizeof(command), "cd %s && rm -rf " HER_PODMAN " " HER_DOCKER
		 " && { %s; }", root, traps[i].commands);
	CHECK_NUMBER(system(command), 0);
	CHECK_STRING(tpr_cgroup_say(text, USER "/libpod-" ID ".scope"), traps[i].is_taken ?
		     "podman 0123456789ab (mine)" : "podman 0123456789ab");
	CHECK_STRING(tpr_cgroup_say(text, USER "/docker-" ID ".scope"), traps[i].is_taken ?
		     "docker 0123456789ab (hers)" : "docker 0123456789ab");
}

static void set_traps(void)
{
	char root[] = "/tmp/cgroup_test.XXXXXX", command[256];
	size_t i;

	if (!mkdtemp(root))
		return;
	make_root(root);
	snprintf(command, sizeof(command), "mkdir %s/home/u/.local/share/docker/containers/" ID, root);
	CHECK_NUMBER(system(command), 0);
	setenv("TUPLEWATCH_ROOT", root, 1);
	/* who waits for a FIFO ends here */
	alarm(20);
	for (i = 0; i < sizeof(traps) / sizeof(traps[0]); i++) {
		if (!traps[i].needs_root || !geteuid())
			try_trap(root, i);
	}
	alarm(0);
	unsetenv("TUPLEWATCH_ROOT");
	snprintf(command, sizeof(command), "rm -r %s", root);
	CHECK_NUMBER(system(command), 0);
}

/* The home of a user is on a file system that never answers. Returns what holds it up, -1 if that cannot be. */
static int mount_silent(const char *home)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char data[96];

	snprintf(data, sizeof(data), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
	if (fd >= 0 && mount("tuplewatch-test", home, "fuse", MS_NOSUID | MS_NODEV, data)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static double seconds_since(const struct timespec *before)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - before->tv_sec) + (double)(now.tv_nsec - before->tv_nsec) / 1e9;
}

/* Once for each of the two files that might be there, and a third time not at all */
static void silent(void)
{
	char root[] = "/tmp/cgroup_test.XXXXXX", home[64], command[64], text[TPR_CGROUP_NAME_BYTES];
	struct timespec before;
	int fd, i;

	if (!mkdtemp(root))
		return;
	make_root(root);
	setenv("TUPLEWATCH_ROOT", root, 1);
	snprintf(home, sizeof(home), "%s/home/u", root);
	fd = mount_silent(home);
	alarm(30);
	clock_gettime(CLOCK_MONOTONIC, &before);
	for (i = 0; fd >= 0 && i < 3; i++) {
		CHECK_STRING(tpr_cgroup_say(text, USER "/user.slice/libpod-" ID ".scope/container"),
			     "podman 0123456789ab");
		CHECK_STRING(tpr_cgroup_say(text, USER "/docker-" ID2 ".scope"), "docker fedcba987654");
	}
	CHECK_NUMBER(seconds_since(&before) < 10, true);
	alarm(0);
	if (fd < 0)
		puts("  # no FUSE here");
	else
		umount2(home, MNT_DETACH);
	close(fd);
	unsetenv("TUPLEWATCH_ROOT");
	snprintf(command, sizeof(command), "rm -r %s", root);
	CHECK_NUMBER(system(command), 0);
}

/* Where we may look: what was looked up once is the same, and what is gone is not there. */
static void once(void)
{
	struct tpr_cgroups *cgroups = tpr_cgroups_create();
	int fd = tpr_cgroup_mount();
	const struct tpr_cgroup *root;
	struct stat status;
	char id[24];

	if (cgroups && !fstat(fd, &status)) {
		snprintf(id, sizeof(id), "%llu", (unsigned long long)status.st_ino);
		root = tpr_cgroups_find(cgroups, id);
		CHECK_STRING(root ? root->path : NULL, "/");
		CHECK_NUMBER(root == tpr_cgroups_find(cgroups, id), true);
		CHECK_NUMBER(!tpr_cgroups_find(cgroups, "18446744073709551615"), true);
		CHECK_NUMBER(!tpr_cgroups_find(cgroups, "-"), true);
	}
	CHECK_NUMBER(!tpr_cgroups_find(NULL, "1"), true);
	close(fd);
	tpr_cgroups_destroy(cgroups);
}

const struct unit_case unit_cgroup[] = {
	UNIT_CASE(names, "cgroup: units, containers and pods by their paths"),
	UNIT_CASE(long_names, "cgroup: names as long as they may be"),
	UNIT_CASE(look_up, "cgroup: names of containers and pods, from the files of runtimes"),
	UNIT_CASE(set_traps, "cgroup: names of containers, where their owner set traps"),
	UNIT_CASE(containers, "cgroup: containers by their paths"),
	UNIT_CASE(once, "cgroup: each is looked up once"),
	/* the last of these: who let us wait is not asked again */
	UNIT_CASE(silent, "cgroup: names of containers, where a home does not answer"),
	{ 0 },
};
