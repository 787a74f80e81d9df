const SYLLABLES = ["ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "zu", "ka"];
const WORDS = 5_000;
const CHINESE = [..."模型训练分类检测识别图像文本语音推荐风险欺诈预测时间序列医疗影像中文情感分析翻译问答摘要"];

/** A made-up word of a fixed vocabulary; small indexes are said more often, as in languages. */
export function wordOf(random: () => number): string {
  // The square of an even number falls toward zero: a hundredth of the words are a tenth of a text.
  return spelled(Math.floor(random() ** 2 * WORDS));
}

/** Chinese characters without spaces between them. */
export function chineseOf(random: () => number, length: number): string {
  return Array.from({ length }, () => pick(random, CHINESE)).join("");
}

/** Any of them, each as often as the others. */
export function pick<T>(random: () => number, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T;
}

function spelled(index: number): string {
  let word = "";
  for (let left = index + SYLLABLES.length; left > 0; left = Math.floor(left / SYLLABLES.length)) {
    word += SYLLABLES[left % SYLLABLES.length];
  }
  return word;
}
