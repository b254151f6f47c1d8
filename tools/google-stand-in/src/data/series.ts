import type { Temporal } from 'temporal-polyfill';
import { atWallTime, onDate } from '../calendar/event-times.js';
import type { EventFields } from './event.js';

/**
 * Series that cross the changes of clocks in several zones and use what RFC 5545 offers. They begin some months before
 * the given day, so that both changes of a year lie among their instances around it.
 */
export const SERIES = (
  today: Temporal.PlainDate,
): readonly (readonly [label: string, fields: EventFields])[] => {
  const begin = today.subtract({ months: 9 }).with({ day: 1 });
  // Where a start does not fit its own rule, RFC 5545 leaves open what the series is: each one here fits.
  const monday = begin.add({ days: (8 - begin.dayOfWeek) % 7 });
  const firstFriday = begin.add({ days: (12 - begin.dayOfWeek) % 7 });
  const lastDay = begin.add({ months: 1 }).subtract({ days: 1 });
  const lastWorkday = lastDay.subtract({ days: Math.max(0, lastDay.dayOfWeek - 5) });
  const series = (
    summary: string,
    day: Temporal.PlainDate,
    [from, to]: readonly [string, string],
    zone: string,
    recurrence: string[],
    more: EventFields = {},
  ): readonly [string, EventFields] => [
    summary,
    {
      summary,
      start: atWallTime(`${day.toString()}T${from}`, zone),
      end: atWallTime(`${(to < from ? day.add({ days: 1 }) : day).toString()}T${to}`, zone),
      recurrence,
      ...more,
    },
  ];
  const allDay = (
    summary: string,
    day: Temporal.PlainDate,
    days: number,
    recurrence: string[],
    more: EventFields = {},
  ) =>
    [
      summary,
      {
        summary,
        start: onDate(day.toString()),
        end: onDate(day.add({ days }).toString()),
        recurrence,
        ...more,
      },
    ] as const;
  const compact = (day: Temporal.PlainDate): string => day.toString().replaceAll('-', '');

  return [
    series('Stand-up', monday, ['09:00', '09:15'], 'Europe/Berlin', [
      'RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
    ]),
    series('One to one', monday.add({ days: 1 }), ['17:00', '17:30'], 'America/New_York', [
      'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU',
      `EXDATE;TZID=America/New_York:${compact(monday.add({ days: 15 }))}T170000`,
    ]),
    series('Planning', lastWorkday, ['08:30', '10:00'], 'Australia/Sydney', [
      'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    ]),
    // Clocks change on Sundays, at this time in spring.
    series(
      'Night backup',
      monday.add({ days: 6 }),
      ['02:30', '02:45'],
      'Europe/Berlin',
      ['RRULE:FREQ=WEEKLY;BYDAY=SU;COUNT=60'],
      { transparency: 'transparent' },
    ),
    series('Late shift', monday.add({ days: 4 }), ['22:00', '06:00'], 'America/New_York', [
      'RRULE:FREQ=WEEKLY;BYDAY=FR,SA',
    ]),
    series('Half-hour zone', monday, ['12:00', '13:00'], 'Asia/Kolkata', [
      `RRULE:FREQ=WEEKLY;UNTIL=${compact(today.add({ months: 2 }))}T235959Z`,
      `RDATE;TZID=Asia/Kolkata:${compact(today.add({ days: 2 }))}T180000`,
    ]),
    series('Dates only', monday, ['10:00', '11:00'], 'UTC', [
      `RDATE:${compact(today.add({ days: 3 }))}T100000Z,${compact(today.add({ days: 8 }))}T100000Z`,
    ]),
    series('First Friday', firstFriday, ['18:00', '23:00'], 'Europe/London', [
      'RRULE:FREQ=MONTHLY;BYDAY=1FR',
    ]),
    allDay('Anniversary', begin, 1, ['RRULE:FREQ=YEARLY'], { transparency: 'transparent' }),
    allDay('Long weekend', monday.add({ days: 4 }), 3, [
      'RRULE:FREQ=WEEKLY;INTERVAL=6',
      `EXDATE;VALUE=DATE:${compact(monday.add({ days: 46 }))}`,
    ]),
  ];
};
