// The server lays the modules of all folders side by side: what one does not find beside itself is the stage's.

import { registerHooks } from "node:module";

registerHooks({
  resolve(name, context, next) {
    try {
      return next(name, context);
    } catch (error) {
      if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
      return next(new URL(name, new URL("../../ui/stage/", import.meta.url)).href, context);
    }
  },
});
