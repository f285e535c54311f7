import { storm } from "./storm";

storm(2, "native");
