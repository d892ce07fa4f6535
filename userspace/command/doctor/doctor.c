// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch doctor: what is wrong with the servers here, now; then what works here and what does
 * not, and what to do about it, also before the module is loaded. Of saved files, what was wrong
 * when they were saved: the machine that this runs on has nothing to do with it.
 */
#include "command.h"

#include "lib/file.h"
#include "lib/message.h"
#include "system/procfs.h"
#include "command/doctor/examine.h"

/* From the tables alone */
static void examine_tables(struct tpr_findings *findings)
{
	bool has_listeners;

	findings->concern = TPR_CONCERN_SERVERS;
	has_listeners = tpr_examine_listeners(findings);
	tpr_examine_arrivals(findings);
	tpr_examine_memory(findings, has_listeners);
	findings->concern = TPR_CONCERN_INSTALLATION;
	tpr_examine_module(findings);
}

static void examine_all(struct tpr_findings *findings)
{
	bool is_loaded = tpr_file_exists("%s/net/tuplewatch", tpr_procfs_root());

	tpr_examine_kernel(findings, is_loaded);
	if (!is_loaded) {
		tpr_finding(findings, TPR_HEALTH_FAIL, "module", "insmod tuplewatch.ko",
			    "not loaded");
		tpr_examine_insmod(findings);
		return;
	}
	examine_tables(findings);
}

/**
 * tpr_doctor_main() - the command "doctor"
 * @options: of the command line
 * @argc: 0 or 1
 * @argv: a file with a kernel's types: only that is looked at
 *
 * Return: exit status: failed if nothing can be seen as things are.
 */
enum tpr_exit tpr_doctor_main(const struct tpr_options *options, int argc, char **argv)
{
	struct tpr_findings findings = {
		.options = options, .concern = TPR_CONCERN_INSTALLATION,
	};

	if (argc > 1) {
		tpr_message("doctor: '%s' is one word too many", argv[1]);
		return TPR_EXIT_USAGE;
	}
	if (argc && options->from) {
		tpr_message("doctor: saved files have no kernel's types: no words with --from");
		return TPR_EXIT_USAGE;
	}
	if (options->from && !tpr_examine_has_tables(options))
		return TPR_EXIT_FAILED;
	if (argc) {
		tpr_examine_arguments(&findings, argv[0]);
	} else if (options->from) {
		tpr_examine_saved(&findings);
		examine_tables(&findings);
	} else {
		examine_all(&findings);
	}
	tpr_findings_finish(&findings);
	return findings.nr[TPR_HEALTH_FAIL] ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
