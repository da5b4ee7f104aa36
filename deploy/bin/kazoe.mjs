#!/usr/bin/env node
// The installed command: the build is part of the package. In a clone, `npm run kazoe -- ...` builds first.
await import("../../dist/deploy/cli/kazoe.js");
