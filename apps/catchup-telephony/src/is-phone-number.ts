import { isValidPhoneNumber } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';

/** Whether it is a number in E.164 that its country can have. */
export const isPhoneNumber = (text: string): boolean =>
  /^\+\d{5,15}$/.test(text) && isValidPhoneNumber(text, metadata);
