import { answerAll } from "../../firmware-config/kit/ask-thread.ts";
import { answerForecast } from "./forecast-wish.ts";

answerAll(answerForecast);
