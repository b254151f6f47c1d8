export { startSandbox, type Sandbox, type SandboxOptions } from './start-sandbox.js';
export {
  SandboxCrashedError,
  SandboxKilledError,
  SandboxStartError,
  SandboxTransferError,
} from './errors.js';
