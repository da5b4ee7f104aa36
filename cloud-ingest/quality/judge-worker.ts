import { answerAll } from "../../firmware-config/kit/ask-thread.ts";
import { judgeAndClean } from "./judge-and-clean.ts";

answerAll(judgeAndClean);
