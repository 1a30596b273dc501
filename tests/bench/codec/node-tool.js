// SPDX-License-Identifier: MIT
//
// Put before Emscripten's glue in the tools for Node: without a fetch() the glue reads its module from the file, as
// it must; Node's own fetch() knows no files.
var fetch;
