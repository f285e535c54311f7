import { storm } from "./storm";

storm(1, "dynamic");
