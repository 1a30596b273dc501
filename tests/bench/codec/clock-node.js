// SPDX-License-Identifier: MIT
//
// The two clocks of the WebAssembly build, as a library for Emscripten's linker: Emscripten's own clock() is wall
// time, while on a shared machine only CPU time can be compared.
mergeInto(LibraryManager.library, {
  cpu_clock_us: function () {
    const usage = process.cpuUsage();
    return usage.user + usage.system;
  },
  wall_clock_us: function () {
    return Number(process.hrtime.bigint()) / 1000;
  },
});
