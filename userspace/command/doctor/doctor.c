// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch doctor: what is wrong with the servers here, now; then what works here and what does
 * not, and what to do about it, also before the module is loaded.
 */
#include "command.h"

#include "lib/file.h"
#include "system/procfs.h"
#include "command/doctor/examine.h"

/**
 * tpr_doctor_main() - the command "doctor"
 * @options: of the command line
 * @argc: 0
 * @argv: no operands
 *
 * Return: exit status: failed if nothing can be seen as things are.
 */
enum tpr_exit tpr_doctor_main(const struct tpr_options *options, int argc, char **argv)
{
	bool is_loaded = tpr_file_exists("%s/net/tuplewatch", tpr_procfs_root());
	struct tpr_findings findings = { .options = options };

	(void)argc;
	(void)argv;
	findings.concern = TPR_CONCERN_INSTALLATION;
	tpr_examine_kernel(&findings, is_loaded);
	if (is_loaded) {
		findings.concern = TPR_CONCERN_SERVERS;
		tpr_examine_listeners(&findings);
		tpr_examine_arrivals(&findings);
		tpr_examine_memory(&findings);
		findings.concern = TPR_CONCERN_INSTALLATION;
		tpr_examine_module(&findings);
	} else {
		tpr_finding(&findings, TPR_HEALTH_FAIL, "module", "insmod tuplewatch.ko",
			    "not loaded");
	}
	tpr_findings_finish(&findings);
	return findings.nr[TPR_HEALTH_FAIL] ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
