// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch doctor: what works here, what does not, and what to do about it, also before the
 * module is loaded.
 */
#include "command.h"

#include "examine.h"
#include "file.h"
#include "procfs.h"

/**
 * tpw_doctor_main() - the command "doctor"
 * @options: of the command line
 * @argc: 0
 * @argv: no operands
 *
 * Return: exit status: failed if nothing can be seen as things are.
 */
enum tpw_exit tpw_doctor_main(const struct tpw_options *options, int argc, char **argv)
{
	bool is_loaded = tpw_file_exists("%s/net/tuplewatch", tpw_procfs_root());
	struct tpw_findings findings = { .options = options };

	(void)argc;
	(void)argv;
	tpw_examine_kernel(&findings, is_loaded);
	if (is_loaded)
		tpw_examine_module(&findings);
	else
		tpw_finding(&findings, TPW_HEALTH_FAIL, "module", "insmod tuplewatch.ko",
			    "not loaded");
	tpw_findings_finish(&findings);
	return findings.nr[TPW_HEALTH_FAIL] ? TPW_EXIT_FAILED : TPW_EXIT_DONE;
}
