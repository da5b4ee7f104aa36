import { answerAll } from "../../firmware-config/kit/ask-thread.ts";
import { answerWish } from "./answer-wish.ts";

answerAll(answerWish);
