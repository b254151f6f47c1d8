/**
 * A function for other scripts: a slot as Bull writes it at the end of a firing's id, which is JavaScript's shortest
 * text for the number. Redis before 7.2 answers scores with 17 digits, more than that for slots between milliseconds.
 */
export const SLOT_TEXT = `
local function slotText(score)
  for digits = 15, 16 do
    local text = string.format('%.' .. digits .. 'g', score)
    if tonumber(text) == tonumber(score) then return text end
  end
  return string.format('%.17g', score)
end
`;
