import { answerAll } from "../../firmware-config/kit/ask-thread.ts";
import { forecastAnswers } from "./forecast-wish.ts";

answerAll(forecastAnswers());
