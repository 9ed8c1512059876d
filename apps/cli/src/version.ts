/** Of the command line, and what it writes as `converter_version`. */
export const version = '0.1.0';
