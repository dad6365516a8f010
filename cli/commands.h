/* The commands of `acre`. Each gets its own command line (argv[0] is "acre NAME") and returns an
 * exit status of report/exit_status.h. */
#ifndef ACRE_CLI_COMMANDS_H
#define ACRE_CLI_COMMANDS_H

int acre_cmd_advise(int argc, char **argv);
int acre_cmd_bench(int argc, char **argv);
int acre_cmd_check(int argc, char **argv);
int acre_cmd_classes(int argc, char **argv);
int acre_cmd_compare(int argc, char **argv);
int acre_cmd_diff(int argc, char **argv);
int acre_cmd_export(int argc, char **argv);
int acre_cmd_history(int argc, char **argv);
int acre_cmd_import(int argc, char **argv);
int acre_cmd_info(int argc, char **argv);
int acre_cmd_list(int argc, char **argv);
int acre_cmd_plot(int argc, char **argv);
int acre_cmd_record(int argc, char **argv);
int acre_cmd_replay(int argc, char **argv);
int acre_cmd_report(int argc, char **argv);

#endif
