/** What a token may call: everything, a service, or one of its methods. */
export const METHOD_PATTERN = /^(\*|\/[\w.]+\/(\*|\w+))$/;
