// @ts-check

/** Has the browser save a file that the server sends as an attachment. @param {string} url @param {string} [name] */
export function download(url, name = '') {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
