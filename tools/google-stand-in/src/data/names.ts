/** Given and family names of several scripts; the generator pairs them as it likes. */
export const GIVEN_NAMES = [
  ...['Anna', 'Ben', 'Chloé', 'Deniz', 'Elif', 'Farid', 'Grace', 'Hannes', 'Inés', 'Jürgen', 'Kwame', 'Linh'],
  ...['Mateo', 'Nadia', 'Oisín', 'Priya', 'Quentin', 'Rosa', 'Søren', 'Tomáš', 'Ursula', 'Víctor', 'Wei'],
  ...['Xenia', 'Yusuf', 'Zoë', 'さくら', '민준', 'Ольга', 'محمد', 'Δήμητρα', 'שרה', 'Nguyễn', 'Þóra'],
] as const;

export const FAMILY_NAMES = [
  ...[
    'Müller',
    "O'Brien",
    'García Márquez',
    'van den Berg',
    'Nowak',
    'Özdemir',
    'Smith',
    'Smith-Jones',
    'Li',
  ],
  ...['Kowalczyk', 'de la Cruz', 'MacDonald', 'Ivanova', 'Okafor', 'Şahin', 'Dvořák', 'Bäcker', 'Rossi'],
  ...['Johansson', 'Fernández', 'Schmidt', 'Chatterjee', 'Haddad', 'Papadopoulos', '田中', '김', 'Петрова'],
] as const;

export const ORGANIZATIONS = [
  'Acme GmbH',
  'Café Ñandú',
  'Northwind Traders',
  'Fabrikam, Inc.',
  'Praxis Dr. Weiß',
  '株式会社サンプル',
  'St. Mary’s Primary School',
] as const;

export const DOMAINS = [
  'example.com',
  'example.org',
  'mail.example.net',
  'büro.example',
  'example.co.uk',
] as const;
