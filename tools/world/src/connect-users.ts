import { dumpTables } from '@switchyard/catchup-data/testing';
import { MEMBERS, type Member } from './cast.js';
import { plural, type Connected, type Story } from './story.js';

/** Each member signs in and connects the accounts, as a browser would: over HTTP, through Google's consent page. */
export async function connectUsers(story: Story): Promise<Connected[]> {
  const { tell, world, checks } = story;
  const connected: Connected[] = [];
  for (const member of MEMBERS) connected.push(await connectMember(story, member));
  for (const { member, user, accounts } of connected) {
    tell.fact(member.name, `${member.timeZone}, ${accounts.map(({ email }) => email).join(' and ')}`);
    checks.add(
      `${member.name}: ${plural(accounts.length, 'account')} connected by state, PKCE and consent`,
      accounts.length === member.emails.length &&
        accounts.every(({ status, userId }) => status === 'connected' && userId === user.id),
    );
  }
  await checkMisuse(story, connected);
  await checkSealed(story, connected);
  tell.line(`${plural(world.googleStandIn.requests.length, 'request')} at Google so far.`);
  return connected;
}

async function connectMember(story: Story, member: Member): Promise<Connected> {
  const user = await saveUser(story, member);
  for (const email of member.emails) {
    const back = await consent(story, user.id, email);
    const answer = await comeBack(story, back, user.id);
    if (answer.status !== 302 || answer.headers.get('location') !== '/settings')
      throw new Error(`the sign-in of ${email} ended with ${answer.status} ${await answer.text()}`);
  }
  const accounts = await story.world.data.accounts.ofUser(user.id);
  const rank = (email: string | null) => member.emails.indexOf(email ?? '');
  return { member, user, accounts: accounts.sort((a, b) => rank(a.email) - rank(b.email)) };
}

/** The same user, however often it is called. */
export async function saveUser({ world: { data, newId, clock } }: Pick<Story, 'world'>, member: Member) {
  const { name, phone, timeZone, preferences, emails } = member;
  const email = emails[0];
  const known = await data.users.byEmail(email);
  const at = clock.now();
  const id = known?.id ?? newId();
  await data.users.save({ id, email, name, phone, timeZone, preferences, createdAt: at, updatedAt: at });
  const user = await data.users.get(id);
  if (!user) throw new Error(`${email} was not saved`);
  return user;
}

/** @returns where Google sends the browser back to */
async function consent({ world: { flow }, signal }: Story, userId: string, email: string): Promise<string> {
  const { url } = await flow.start(userId, { loginHint: email, returnTo: '/settings' });
  const asked = new URL(url).searchParams;
  if (asked.get('code_challenge_method') !== 'S256' || !asked.get('state'))
    throw new Error('the address of the consent page lacks PKCE or a state');
  const answer = await fetch(url, { redirect: 'manual', signal });
  return answer.headers.get('location') ?? '';
}

const comeBack = ({ signal }: Story, url: string, userId: string) =>
  fetch(url, { redirect: 'manual', headers: { cookie: `session=${userId}` }, signal });

/** What an attacker would try. */
async function checkMisuse(story: Story, connected: readonly Connected[]): Promise<void> {
  const [anna, ben] = connected.map(({ user }) => user);
  if (!anna || !ben) return;
  const back = await consent(story, anna.id, anna.email);
  const stolen = await comeBack(story, back, ben.id);
  const spent = await comeBack(story, back, anna.id);
  const problems = [await stolen.text(), await spent.text()];
  story.checks.add(
    "a callback in somebody else's session is refused, and its state is spent",
    [stolen, spent].every(({ status }) => status === 400) && problems.join() === 'wrong-user,state',
  );
  story.tell.line(
    `A callback in another session: refused (${problems[0]}); once more: refused (${problems[1]}).`,
  );
}

async function checkSealed({ world: { data }, checks, tell }: Story, connected: readonly Connected[]) {
  const rows = JSON.stringify((await dumpTables(data)).oauthTokens);
  const opened = await Promise.all(
    connected.flatMap(({ accounts }) => accounts.map(({ id }) => data.tokens.get(id))),
  );
  const plain = opened.flatMap((one) => [one?.accessToken, one?.refreshToken]);
  const areSealed = plain.every((token) => token && !rows.includes(token));
  checks.add('tokens are stored encrypted, and open with the key', areSealed);
  tell.line(
    areSealed
      ? `${plural(plain.length, 'token')} stored, none of them readable in its row.`
      : 'A token can be read in its row.',
  );
}
