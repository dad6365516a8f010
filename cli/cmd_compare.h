/* acre compare A.json B.json */
#ifndef ACRE_CLI_CMD_COMPARE_H
#define ACRE_CLI_CMD_COMPARE_H

/* argv[0] is "acre compare". Returns an exit status of report/exit_status.h. */
int acre_cmd_compare(int argc, char **argv);

#endif
