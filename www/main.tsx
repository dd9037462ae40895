import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { startApp } from './actions/start.js';
import { App } from './components/App.js';
import { Crash } from './components/Crash.js';
import { applyTheme, storedTheme } from './lib/prefs.js';

applyTheme(storedTheme());
startApp();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Crash>
      <App />
    </Crash>
  </StrictMode>,
);
