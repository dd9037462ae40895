import { set, useSession } from '../session.js';
import { TASKS } from './tasks.js';
import { Tabs } from './ui/Tabs.js';

/** The tasks beside the views of a desk. */
export function TaskTabs() {
  const panel = useSession((s) => s.panel);
  const { Panel } = TASKS.find(({ id }) => id === panel) ?? TASKS[0];
  return (
    <Tabs
      label="Tasks"
      tabs={TASKS}
      value={panel}
      onChange={(id) => set({ panel: id })}
      className="min-h-0 flex-1 overflow-y-auto"
    >
      <Panel />
    </Tabs>
  );
}
