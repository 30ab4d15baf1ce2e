#!/usr/bin/env node
// The command `atrous`.
import { runCommand } from './program.ts';
import { processTerminal } from './terminal.ts';

// The exit code is set, not forced, so that what is written to pipes gets out.
process.exitCode = await runCommand(process.argv.slice(2), processTerminal());
