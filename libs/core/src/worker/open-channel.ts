import type { Channel, ChannelEvents, ChannelOptions } from './channel.js';
import { openProcess } from './process-channel.js';
import { openThread } from './thread-channel.js';

/** Starts a worker. */
export function openChannel(options: ChannelOptions, events: ChannelEvents): Channel {
  return options.isolation === 'thread' ? openThread(options, events) : openProcess(options, events);
}
