import type { Rule } from 'eslint';

export declare const ownPackage: Rule.RuleModule;
