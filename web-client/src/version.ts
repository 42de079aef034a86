/** The version of this package, told to the gateway in `hello`. */
export const VERSION = '0.1.0';
