import type { Rule } from 'eslint';

export declare const importCircles: Rule.RuleModule;
