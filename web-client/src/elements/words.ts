import type { CallState } from '../call-events.ts';

/** Everything that `<click-to-call>` says, in one language. */
export interface Words {
  call: string;
  hangUp: string;
  close: string;
  mute: string;
  unmute: string;
  keypad: string;
  agree: string;
  states: Record<CallState, string>;
  ended: string;
  busy: string;
  noAnswer: string;
  microphoneDenied: string;
  microphoneMissing: string;
  notReached: string;
  failed: string;
}

const en: Words = {
  call: 'Call us',
  hangUp: 'Hang up',
  close: 'Close',
  mute: 'Mute microphone',
  unmute: 'Unmute microphone',
  keypad: 'Dial pad',
  agree: 'I agree',
  states: {
    pending: 'Waiting for your microphone',
    connecting: 'Calling',
    ringing: 'Ringing',
    open: 'Connected',
    reconnecting: 'Connection interrupted, one moment',
    closed: 'Call ended',
  },
  ended: 'Call ended',
  busy: 'The line is busy. Please try again later.',
  noAnswer: 'Nobody answered. Please try again later.',
  microphoneDenied: 'Please allow this page to use your microphone.',
  microphoneMissing: 'No microphone was found.',
  notReached: 'No connection. Please check your network.',
  failed: 'The call could not be made. Please try again.',
};

const de: Words = {
  call: 'Anrufen',
  hangUp: 'Auflegen',
  close: 'Schließen',
  mute: 'Mikrofon stumm schalten',
  unmute: 'Stummschaltung aufheben',
  keypad: 'Wähltasten',
  agree: 'Ich bin einverstanden',
  states: {
    pending: 'Warten auf Ihr Mikrofon',
    connecting: 'Wird angerufen',
    ringing: 'Es klingelt',
    open: 'Verbunden',
    reconnecting: 'Verbindung unterbrochen, einen Moment',
    closed: 'Anruf beendet',
  },
  ended: 'Anruf beendet',
  busy: 'Besetzt. Bitte versuchen Sie es später noch einmal.',
  noAnswer: 'Niemand hat abgenommen. Bitte versuchen Sie es später noch einmal.',
  microphoneDenied: 'Bitte erlauben Sie dieser Seite, Ihr Mikrofon zu benutzen.',
  microphoneMissing: 'Es wurde kein Mikrofon gefunden.',
  notReached: 'Keine Verbindung. Bitte prüfen Sie Ihr Netz.',
  failed: 'Der Anruf kam nicht zustande. Bitte versuchen Sie es noch einmal.',
};

const es: Words = {
  call: 'Llámenos',
  hangUp: 'Colgar',
  close: 'Cerrar',
  mute: 'Silenciar el micrófono',
  unmute: 'Activar el micrófono',
  keypad: 'Teclado',
  agree: 'Acepto',
  states: {
    pending: 'Esperando su micrófono',
    connecting: 'Llamando',
    ringing: 'Sonando',
    open: 'En llamada',
    reconnecting: 'Conexión interrumpida, un momento',
    closed: 'Llamada terminada',
  },
  ended: 'Llamada terminada',
  busy: 'La línea está ocupada. Inténtelo más tarde.',
  noAnswer: 'Nadie contesta. Inténtelo más tarde.',
  microphoneDenied: 'Permita que esta página use su micrófono.',
  microphoneMissing: 'No se encontró ningún micrófono.',
  notReached: 'Sin conexión. Compruebe su red.',
  failed: 'No se pudo hacer la llamada. Inténtelo de nuevo.',
};

const fr: Words = {
  call: 'Appelez-nous',
  hangUp: 'Raccrocher',
  close: 'Fermer',
  mute: 'Couper le micro',
  unmute: 'Rétablir le micro',
  keypad: 'Clavier',
  agree: 'J’accepte',
  states: {
    pending: 'En attente de votre micro',
    connecting: 'Appel en cours',
    ringing: 'Ça sonne',
    open: 'En communication',
    reconnecting: 'Connexion interrompue, un instant',
    closed: 'Appel terminé',
  },
  ended: 'Appel terminé',
  busy: 'La ligne est occupée. Réessayez plus tard.',
  noAnswer: 'Personne ne répond. Réessayez plus tard.',
  microphoneDenied: 'Autorisez cette page à utiliser votre micro.',
  microphoneMissing: 'Aucun micro n’a été trouvé.',
  notReached: 'Pas de connexion. Vérifiez votre réseau.',
  failed: 'L’appel n’a pas abouti. Réessayez.',
};

const ja: Words = {
  call: '電話する',
  hangUp: '通話を終了',
  close: '閉じる',
  mute: 'マイクをミュート',
  unmute: 'ミュートを解除',
  keypad: 'ダイヤルパッド',
  agree: '同意します',
  states: {
    pending: 'マイクの許可を待っています',
    connecting: '発信中',
    ringing: '呼び出し中',
    open: '通話中',
    reconnecting: '接続が途切れました。お待ちください',
    closed: '通話が終了しました',
  },
  ended: '通話が終了しました',
  busy: 'お話し中です。後でおかけ直しください。',
  noAnswer: '応答がありません。後でおかけ直しください。',
  microphoneDenied: 'このページにマイクの使用を許可してください。',
  microphoneMissing: 'マイクが見つかりません。',
  notReached: '接続できません。ネットワークを確認してください。',
  failed: '発信できませんでした。もう一度お試しください。',
};

const ar: Words = {
  call: 'اتصل بنا',
  hangUp: 'إنهاء المكالمة',
  close: 'إغلاق',
  mute: 'كتم الميكروفون',
  unmute: 'إلغاء كتم الميكروفون',
  keypad: 'لوحة الأرقام',
  agree: 'أوافق',
  states: {
    pending: 'في انتظار الميكروفون',
    connecting: 'جارٍ الاتصال',
    ringing: 'يرن الهاتف',
    open: 'المكالمة جارية',
    reconnecting: 'انقطع الاتصال، لحظة من فضلك',
    closed: 'انتهت المكالمة',
  },
  ended: 'انتهت المكالمة',
  busy: 'الخط مشغول. يرجى المحاولة لاحقًا.',
  noAnswer: 'لا يوجد رد. يرجى المحاولة لاحقًا.',
  microphoneDenied: 'يرجى السماح لهذه الصفحة باستخدام الميكروفون.',
  microphoneMissing: 'لم يتم العثور على ميكروفون.',
  notReached: 'لا يوجد اتصال. يرجى التحقق من الشبكة.',
  failed: 'تعذر إجراء المكالمة. يرجى المحاولة مرة أخرى.',
};

/** Every language, by its primary subtag (BCP 47). */
export const LANGUAGES: Readonly<Record<string, Words>> = { en, de, es, fr, ja, ar };

const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar']);

/** The words for the first of these tags that is spoken here, English else; and which way they run. */
export function wordsFor(tags: readonly string[]): { lang: string; words: Words; dir: 'ltr' | 'rtl' } {
  const primary = tags.map((tag) => tag.toLowerCase().split('-')[0] ?? '');
  const lang = primary.find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? 'en';
  return { lang, words: LANGUAGES[lang]!, dir: RIGHT_TO_LEFT.has(lang) ? 'rtl' : 'ltr' };
}

/** What to tell a person when a call ended so; `code` is that of an error, if there was one. */
export function outcome(words: Words, cause: string, code: string | undefined): string {
  if (code === 'microphone-denied') return words.microphoneDenied;
  if (code === 'microphone-missing') return words.microphoneMissing;
  if (code?.startsWith('connection-') || cause === 'session-lost') return words.notReached;
  if (cause === 'busy') return words.busy;
  if (cause === 'no-answer' || cause === 'ring-timeout' || cause === 'unavailable') return words.noAnswer;
  return cause === 'normal' || cause === 'canceled' ? words.ended : words.failed;
}
