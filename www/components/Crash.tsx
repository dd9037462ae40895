import { Component } from 'react';
import type { ReactNode } from 'react';

import { problemOf } from '../lib/problem.js';
import type { Problem } from '../lib/problem.js';
import { Button } from './ui/Button.js';
import { ProblemNotice } from './ui/Notice.js';

interface CrashProps {
  readonly children: ReactNode;
}

/** A mistake in a component must not leave a blank page. */
export class Crash extends Component<CrashProps, { readonly problem: Problem | null }> {
  override state = { problem: null };

  static getDerivedStateFromError(error: unknown): { problem: Problem } {
    return { problem: problemOf(error, 'Load the page again. Your files are untouched.') };
  }

  override render(): ReactNode {
    const { problem } = this.state;
    if (!problem) return this.props.children;
    return (
      <div className="mx-auto max-w-lg p-6">
        <ProblemNotice title="This page has stopped working" problem={problem}>
          <Button look="primary" onClick={() => location.reload()}>
            Load again
          </Button>
        </ProblemNotice>
      </div>
    );
  }
}
